using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// What the kernels of attention share: blocks of queries, which lie along lanes, against blocks of keys. Scores of a block
/// are [keys, queries], so that maxima and sums over keys stay within a lane, and keys and values are read where they lie.
/// </summary>
internal sealed class AttentionBlocks
{
    /// <summary>Queries of a block, and keys: their scores take 16 KiB of the first-level cache.</summary>
    public const int Queries = 64, Keys = 64;

    // Scores that are looked at before the maximum so far: its chain is as many times shorter.
    private const int Turn = 4;

    private readonly Procedure p;
    private readonly AttentionForm form;
    private readonly int bias;                                   // number of that operand; -1 for none
    private readonly Cells positions;                            // 0, 1, ... as numbers of the scores' type

    public AttentionBlocks(Procedure p, AttentionForm form, int bias)
    {
        (this.p, this.form, this.bias, Type) = (p, form, bias, p.OperandType(0).DType);
        (Q, K, V, positions) = (Operand(0), Operand(1), Operand(2), p.Scratch(Type, Queries));
        (Scores, QueryColumns) = (p.Scratch(Type, Keys, Queries), p.Scratch(Type, Width, Queries));
        p.For(0, Queries, i => positions[i] = i.To(Type));
    }

    public DType Type { get; }

    public Cells Q { get; }

    public Cells K { get; }

    public Cells V { get; }

    /// <summary>Scores of a block, then weights: [keys, queries].</summary>
    public Cells Scores { get; }

    /// <summary>A block's queries times the scale, [width, queries].</summary>
    public Cells QueryColumns { get; }

    private Shape OfQ => p.OperandType(0).Shape;

    private Shape OfK => p.OperandType(1).Shape;

    public Dim Width => OfQ[3];

    public Dim ValueWidth => p.OperandType(2).Shape[3];

    public Dim QueryHeads => OfQ[form.Heads];

    public Dim KeyHeads => OfK[form.Heads];

    public Dim QueryCount => OfQ[form.Length];

    public Dim KeyCount => OfK[form.Length];

    /// <summary>What products are multiplied by.</summary>
    public Formula Scale => form.Scale is { } given ? p.Number(Type, given) : p.Let(1 / p.Extent(Width).To(Type).Sqrt());

    /// <summary>An operand as one row: coordinates are counted here, since blocks start anywhere.</summary>
    public Cells Operand(int index) => p.Operand(index, p.OperandType(index).Shape.ElementCount);

    /// <summary>A result likewise.</summary>
    public Cells Result(int index) => p.Result(index, p.ResultType(index).Shape.ElementCount);

    /// <summary>A quotient and what is left.</summary>
    public (Formula Quotient, Formula Left) Split(Formula x, Dim by)
    {
        var quotient = p.Let(x / p.Extent(by));
        return (quotient, p.Let(x - quotient * p.Extent(by)));
    }

    /// <summary>Rows of a head from a position on.</summary>
    /// <param name="cells">Of a tensor in the layout of the attention.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="batch">Position along the batch.</param>
    /// <param name="head">Position along its heads.</param>
    /// <param name="first">Position along its queries or keys.</param>
    public Block Rows(Cells cells, Shape shape, Formula batch, Formula head, Formula first)
    {
        Formula width = p.Extent(shape[3]), inner = p.Extent(shape[2]);
        var (outer, middle) = form.HeadsFirst ? (head, first) : (first, head);
        var start = p.Let(((batch * p.Extent(shape[1]) + outer) * inner + middle) * width);
        return new(cells, start, form.HeadsFirst ? width : p.Let(width * inner));
    }

    /// <summary>
    /// Asks for the rows of the next head, whose turn comes when this one is done: they lie apart, where the processor does not
    /// foresee them.
    /// </summary>
    /// <inheritdoc cref="Rows"/>
    public void AskNext(Cells cells, Shape shape, Formula batch, Formula head, Formula first, Formula count) =>
        p.Ask(Rows(cells, shape, batch, head + 1, first), count, p.Extent(shape[3]));

    /// <summary>A matrix in scratch memory from its start on.</summary>
    public Block Whole(Cells cells) => new(cells, 0, p.Extent(cells.Shape[1]));

    /// <summary>Runs for blocks of [first, last): where a block starts and how long it is.</summary>
    public void Blocks(Formula first, Formula last, int size, Action<Formula, Formula> body) =>
        p.For(0, (last - first + (size - 1)) / size, b =>
        {
            var start = p.Let(first + b * size);
            body(start, p.Let((last - start).Min(size)));
        });

    /// <summary>One past the last key that a block of queries sees any of.</summary>
    public Formula LastKey(Formula query, Formula queries) =>
        form.IsCausal ? p.Let(p.Extent(KeyCount).Min(query + queries)) : p.Extent(KeyCount);

    /// <summary>Fills rows with zeros.</summary>
    public void Clear(Block rows, Formula count, Dim width) =>
        p.For(0, count, i => p.Lanes(0, p.Extent(width), e => rows.Cells[rows.First + i * rows.Row + e] = 0));

    /// <summary>Lays a block's rows out as columns.</summary>
    public void Columns(Cells to, Block rows, Formula count) => p.Transpose(Whole(to), rows, count, p.Extent(to.Shape[0]));

    /// <summary>Multiplies a block's queries by the scale, as they stand in columns.</summary>
    public void ScaleQueries(Formula scale, Formula queries) => p.For(0, p.Extent(Width), d =>
        p.Lanes(0, queries, q => QueryColumns[d, q] = QueryColumns[d, q] * scale));

    /// <summary>Scores of a block from its products, in place: soft cap, bias, and -∞ for keys that causality hides.</summary>
    public void Mask(Formula batch, Formula head, Formula query, Formula queries, Formula key, Formula keys, Cells? capped = null)
    {
        void Each(Func<Formula, Formula, Formula> map) => p.For(0, keys, j => p.Lanes(0, queries, q => Scores[j, q] = map(j, q)));
        if (form.SoftCap != 0)
            Each((j, q) =>
            {
                var tanh = p.Let((Scores[j, q] / form.SoftCap).Tanh());
                if (capped is not null)
                    capped[j, q] = tanh;
                return tanh * form.SoftCap;
            });
        if (bias >= 0)
            AddBias(batch, head, query, queries, key, keys);
        if (form.IsCausal)
            p.If(key + keys > query + 1, () =>
                Each((j, q) => ((key - query + j).To(Type) > positions[q]).Choose(double.NegativeInfinity, Scores[j, q])));
    }

    // Rows of the bias lie across the lanes: they are turned first, a row at a time where queries share it.
    private void AddBias(Formula batch, Formula head, Formula query, Formula queries, Formula key, Formula keys)
    {
        var shape = p.OperandType(bias).Shape;
        Cells cells = Operand(bias), turned = p.Scratch(Type, Keys, Queries);
        Formula At(int axis, Formula position) => shape[axis] == Dim.One ? p.Number(DType.Int64, 0) : position;
        var length = p.Extent(shape[3]);
        var start = p.Let(((At(0, batch) * p.Extent(shape[1]) + At(1, head)) * p.Extent(shape[2]) + At(2, query)) * length + key);
        if (shape[2] == Dim.One)
        {
            p.For(0, keys, j =>
            {
                var shared = cells[start + j];
                p.Lanes(0, queries, q => Scores[j, q] = Scores[j, q] + shared);
            });
            return;
        }
        p.Transpose(Whole(turned), new(cells, start, length), queries, keys);
        p.For(0, keys, j => p.Lanes(0, queries, q => Scores[j, q] = Scores[j, q] + turned[j, q]));
    }

    /// <summary>The largest score of a lane, or what it was before; NaN wins.</summary>
    public Formula Largest(Formula before, Formula q, Formula keys)
    {
        var largest = p.Local(before);
        var turns = p.Let(keys / Turn);
        p.For(0, turns, t =>
        {
            Formula At(int k) => Scores[t * Turn + k, q];
            var (low, high) = (At(0).Max(At(1)), At(2).Max(At(3)));
            largest.Value = largest.Value.Max(low.Max(high));
        });
        p.For(turns * Turn, keys, j => largest.Value = largest.Value.Max(Scores[j, q]));
        return largest.Value;
    }
}
