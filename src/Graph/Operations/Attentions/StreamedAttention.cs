using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>
/// Attention whose scores are never in memory at once: <c>y = softmax(scale · q kᵀ + bias) v</c>, and the logarithm of the
/// sum of the scores' exponentials per query. Its kernel walks over blocks of keys with a running maximum and sum; the
/// gradient makes the weights again from that logarithm.
/// </summary>
/// <remarks>
/// M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax", 2018; T. Dao et al., "FlashAttention: Fast and
/// Memory-Efficient Exact Attention with IO-Awareness", NeurIPS 2022. A query whose keys are all hidden has result 0 and
/// logarithm +∞, so that its weights come out as 0 again. Second derivatives and forward mode go through all scores.
/// Values at keys that causality hides must be finite.
/// </remarks>
/// <param name="Form">Layout and weighing.</param>
/// <param name="Body">What it computes from q, k, v and, if there is one, the bias, [batch or 1, heads or 1, queries or 1, keys].</param>
public sealed record StreamedAttention(AttentionForm Form, Computation Body) : Call("attention", Body)
{
    /// <inheritdoc/>
    public override bool HasOwnDerivative => true;

    /// <inheritdoc/>
    public override Routine Kernel => new StreamedAttentionKernel(this);

    /// <summary>Results and logarithms of sums per query, [batch, heads, queries].</summary>
    /// <param name="form">Layout and weighing.</param>
    /// <param name="origin">Where it is written.</param>
    /// <param name="operands">q, k, v and perhaps a bias, as the body takes them.</param>
    /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
    public static ImmutableArray<Node> Of(AttentionForm form, Origin origin, ImmutableArray<Node> operands) =>
        Call.Of("attention", origin, operands, x => Composition(form, x), body => new StreamedAttention(form, body));

    private static ImmutableArray<Node> Composition(AttentionForm form, ImmutableArray<Node> x)
    {
        var (_, masked) = form.Scores(x[0], x[1], x.Length > 3 ? x[3] : null);
        Node largest = Ops.Max(masked, [3], keepDims: true), nothing = Ops.Equal(largest, Ops.FillLike(largest, double.NegativeInfinity));
        Node shift = Ops.Where(nothing, Ops.ZerosLike(largest), largest), e = Ops.Exp(masked - shift);
        Node sum = Ops.Sum(e, [3], keepDims: true);
        Node logarithm = Ops.Where(nothing, Ops.FillLike(sum, double.PositiveInfinity), shift + Ops.Log(sum));
        return [Weighted(form, e / Ops.Where(nothing, Ops.OnesLike(sum), sum), x[2]),
            Ops.Reshape(logarithm, Shape.Of(logarithm.Shape.Take(3)))];
    }

    private static Node Weighted(AttentionForm form, Node weights, Node v)
    {
        v = form.Exchanged(v);
        var heads = HeadGroups.Of(weights, v);
        return form.Exchanged(heads.Split(Ops.MatMul(heads.Join(weights), v)));
    }

    // With p the weights and s the scores: s' = p (y' vᵀ - y' · y + logarithm'). Queries that are not alive take part with
    // weights of 0, whatever they hold.
    /// <inheritdoc/>
    public override ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
    {
        Node seed = ct[0]?.Value ?? Ops.ZerosLike(y[0]);
        Node shift = PerQuery(Ops.Sum(seed * y[0], [3]));
        if (ct[1] is { } ofLogarithm)
            shift -= ofLogarithm.Value;
        var (q, logarithm, alive) = (x[0], y[1], Alive(ct));
        if (alive is not null)
        {
            Node queries = Ops.BroadcastTo(PerRow(alive), q.Shape);
            (q, logarithm) = (Ops.Where(queries, q, Ops.ZerosLike(q)),
                Ops.Where(alive, logarithm, Ops.FillLike(logarithm, double.PositiveInfinity)));
            shift = Ops.Where(alive, shift, Ops.ZerosLike(shift));
        }
        ImmutableArray<Node> operands = [q, x[1], x[2], seed, logarithm, shift, .. x[3..]];
        var pulled = AttentionPullback.Of(Form, y[0].Apply.Origin, operands);
        return
        [
            needed[0] ? Guarded(pulled[0], alive is null ? null : PerRow(alive)) : null,
            .. Enumerable.Range(1, 2).Select(i =>
                needed[i] ? Guarded(pulled[i], alive is null ? null : Ops.Any(alive, [0, 1, 2], keepDims: true)) : null),
            .. x.Length > 3 ? [needed[3] ? Guarded(AttentionPullback.OfBias(Form, operands), null) : null] : Array.Empty<Cotangent?>(),
        ];
    }

    // [batch, heads, queries] from a value per query in this layout, and a value per row of queries from that.
    private Node PerQuery(Node x) => Form.HeadsFirst ? x : Ops.Transpose(x, [0, 2, 1]);

    private Node PerRow(Node x) => Ops.ExpandDims(PerQuery(x), 3);

    private Node? Alive(ImmutableArray<Cotangent?> ct)
    {
        Node? ofY = ct[0]?.Alive is { } a ? PerQuery(Ops.Any(a, [3])) : null, ofLogarithm = ct[1]?.Alive;
        return ct[0] is null ? ofLogarithm : ct[1] is null ? ofY : ofY is null || ofLogarithm is null ? null : Ops.Or(ofY, ofLogarithm);
    }

    private static Cotangent Guarded(Node value, Node? alive)
    {
        if (alive is null)
            return new(value);
        while (alive.Rank < value.Rank)
            alive = Ops.ExpandDims(alive, alive.Rank);
        alive = Ops.BroadcastTo(alive, value.Shape);
        return new(Ops.Where(alive, value, Ops.ZerosLike(value)), alive);
    }

    // With p the weights: p' = p (s' - p · s'), y' = p' v + p v', logarithm' = p · s'.
    /// <inheritdoc/>
    public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
    {
        var (capped, masked) = Form.Scores(x[0], x[1], x.Length > 3 ? x[3] : null);
        Node p = Ops.Exp(masked - Ops.ExpandDims(y[1], 3));
        Node? result = t[2] is { } v ? Weighted(Form, p, v) : null;
        if (ScoreTangent(x, t, capped) is not { } s)
            return [result, null];
        Node mean = Ops.Sum(p * s, [3], keepDims: true), moved = Weighted(Form, p * (s - mean), x[2]);
        return [result is null ? moved : result + moved, Ops.Reshape(mean, y[1].Shape)];
    }

    private Node? ScoreTangent(ImmutableArray<Node> x, ImmutableArray<Node?> t, Node capped)
    {
        Node? sum = null;
        void Add(Node part) => sum = sum is null ? part : sum + part;
        var plain = Form with { IsCausal = false, SoftCap = 0 };
        if (t[0] is { } q)
            Add(plain.Scores(q, x[1], null).Capped);
        if (t[1] is { } k)
            Add(plain.Scores(x[0], k, null).Capped);
        sum = sum is null ? null : Form.ThroughCap(capped, sum);
        if (t.Length > 3 && t[3] is { } bias)
            Add(Ops.BroadcastTo(bias, capped.Shape));
        return sum;
    }

    /// <inheritdoc/>
    public override ImmutableArray<Node> Batch(Batching x) =>
        [.. Of(Form, x.Single.Origin, AttentionForm.Merged(x)).Select((y, i) => x.Split(y, i))];
}
