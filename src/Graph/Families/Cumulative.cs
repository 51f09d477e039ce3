using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// Runs along one axis and keeps what it has met so far: all operands and results have one shape. Lines next to each other
/// run side by side in registers; along the last axis they run one by one.
/// </summary>
/// <param name="Axis">The axis that it runs along.</param>
/// <param name="Reverse">Whether it starts at the end.</param>
public abstract record Cumulative(int Axis, bool Reverse) : Routine
{
    private const int Columns = 64;

    /// <inheritdoc/>
    public override string Label => $"{Name} {Axis}{(Reverse ? " reverse" : "")}";

    /// <inheritdoc/>
    public override int BatchAxes(ImmutableArray<TensorType> operands) => Axis;

    /// <inheritdoc/>
    public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { Axis = Axis + 1 });

    /// <inheritdoc/>
    public override Dim Pieces(ImmutableArray<TensorType> operands) => Dim.FloorDivide(Lines(operands[0]) + (Columns - 1), Columns);

    /// <summary>What is kept before the first element.</summary>
    protected abstract ImmutableArray<Local> Start(Procedure p, DType type);

    /// <summary>One element of each operand is met: gives those of the results, and changes what is kept.</summary>
    /// <param name="p">Where to emit.</param>
    /// <param name="kept">What is kept.</param>
    /// <param name="x">Elements of the operands.</param>
    /// <param name="at">Their position along the axis.</param>
    protected abstract ImmutableArray<Formula> Step(Procedure p, ImmutableArray<Local> kept, ImmutableArray<Formula> x, Formula at);

    /// <summary>Lines of the results from lines of the operands, in running order: the truth.</summary>
    protected abstract T[][] Reference<T>(T[][] x) where T : INumber<T>;

    /// <summary>How many results there are.</summary>
    protected virtual int ResultCount => 1;

    /// <inheritdoc/>
    public override ImmutableArray<TensorType> Infer(Inference x)
    {
        x.RequireDType(0, d => d != DType.Bool, "a number");
        _ = Axis >= 0 && Axis < x[0].Rank ? Axis
            : throw x.Error($"there is no axis {Axis} in {x[0].Rank} axes", $"use 0 to {x[0].Rank - 1}");
        return [x[0]];
    }

    /// <inheritdoc/>
    public override void Lower(Procedure p)
    {
        var type = p.OperandType(0);
        var (n, lines) = (type.Shape[Axis], Lines(type));
        ImmutableArray<Cells> x = [.. Enumerable.Range(0, OperandCount).Select(i => p.Operand(i, n, lines))];
        ImmutableArray<Cells> y = [.. Enumerable.Range(0, ResultCount).Select(i => p.Result(i, n, lines))];
        if (lines == Dim.One)
            Line(p, x, y, p.Extent(n), 0);
        else
            p.Lanes(p.Piece * Columns, p.Extent(lines).Min((p.Piece + 1) * Columns), j => Line(p, x, y, p.Extent(n), j));
    }

    /// <summary>How many operands there are.</summary>
    protected virtual int OperandCount => 1;

    private void Line(Procedure p, ImmutableArray<Cells> x, ImmutableArray<Cells> y, Formula n, Formula line)
    {
        var kept = Start(p, x[0].Type);
        void Turn(Formula i)
        {
            var results = Step(p, kept, [.. x.Select(c => c[i, line])], i);
            for (int r = 0; r < y.Length; r++)
                y[r][i, line] = results[r];
        }
        if (Reverse)
            p.Down(n, 0, Turn);
        else
            p.For(0, n, Turn);
    }

    /// <summary>Each element on those of its line up to itself, in running order.</summary>
    public override void Depend(Dependence d)
    {
        var shape = Dependence.Extents(d.Apply.Inputs[0]);
        int[] active = [.. d.Active];
        var (n, lines, count) = ((int)shape[Axis], 1, Dependence.Count(d.Apply.Inputs[0]));
        foreach (long extent in shape[(Axis + 1)..])
            lines *= (int)extent;
        for (int line = 0; line < count / Math.Max(n, 1); line++)
        {
            var set = ElementSet.Empty;
            for (int i = 0; i < n; i++)
            {
                int e = (line / lines * n + (Reverse ? n - 1 - i : i)) * lines + line % lines;
                set = d.Union(active.Select(x => d.Of(x, e)).Prepend(set));
                for (int r = 0; r < d.Apply.Results.Length; r++)
                    d.Set(r, e, set);
            }
        }
    }

    /// <inheritdoc/>
    public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
    {
        var shape = e.Inputs[0].Shape;
        var (n, lines) = ((int)shape[Axis], 1);
        foreach (long extent in shape[(Axis + 1)..])
            lines *= (int)extent;
        return e.Inputs[0].DType.IsFloat ? EachItem(e, (x, y) => Scan(x, y, n, lines)) : EachWholeItem(e, (x, y) => Scan(x, y, n, lines));
    }

    private void Scan<T>(T[][] x, T[][] y, int n, int lines) where T : INumber<T>
    {
        for (int line = 0; line < lines; line++)
        {
            int[] at = [.. Enumerable.Range(0, n).Select(i => (Reverse ? n - 1 - i : i) * lines + line)];
            var results = Reference<T>([.. x.Select(t => Array.ConvertAll(at, i => t[i]))]);
            for (int r = 0; r < y.Length; r++)
                for (int i = 0; i < n; i++)
                    y[r][at[i]] = results[r][i];
        }
    }

    private Dim Lines(TensorType x) => Product(x.Shape.Skip(Axis + 1));

    /// <summary>The positions along the axis, in the shape of <paramref name="like"/>.</summary>
    private protected Node Along(Node like) => Ops.Iota(like.Shape, Axis, DType.Int64);

    /// <summary>What stood before each element, in running order; before the first one, a number.</summary>
    private protected Node Before(Node x, double first = 0) => Moved(x, Reverse ? -1 : 1, first);

    /// <summary>What stood after each element, in running order; after the last one, a number.</summary>
    private protected Node After(Node x, double last = 0) => Moved(x, Reverse ? 1 : -1, last);

    private Node Moved(Node x, int by, double fill)
    {
        Shape Paddings(int n) => Shape.Of(x.Shape.Select((_, a) => a == Axis ? Dim.Of(n) : 0));
        return Ops.Pad(x, fill, Paddings(by), Paddings(-by));
    }

    // An operand's element is alive where any of the results that it reaches is: counted from their side.
    private protected Cotangent Guarded(Cotangent seed, Node value)
    {
        if (seed.Alive is not { } predicate)
            return new(value);
        var alive = Node.Of(new CumulativeSum(Axis, !Reverse, false), predicate.Apply.Origin, Ops.Convert(predicate, DType.Int32)) > 0;
        return new(Ops.Where(alive, value, Ops.ZerosLike(value)), alive);
    }
}
