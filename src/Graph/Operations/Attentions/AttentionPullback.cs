using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>
/// Cotangents of queries, keys and values of a <see cref="StreamedAttention"/>, from q, k, v, the cotangent of the result,
/// the logarithms of sums, a shift per query and, if there is one, the bias. Differentiated, it goes through its body.
/// </summary>
/// <remarks>
/// With s the scores: p = e^(s - logarithm), s' = p (y' vᵀ - shift), v' = pᵀ y', q' = s' k and k' = s'ᵀ q, both times the scale.
/// </remarks>
/// <param name="Form">Layout and weighing.</param>
/// <param name="Body">What it computes.</param>
public sealed record AttentionPullback(AttentionForm Form, Computation Body) : Call("attention-pullback", Body)
{
    /// <inheritdoc/>
    public override Routine Kernel => new AttentionPullbackKernel(this);

    /// <summary>Cotangents of q, k and v.</summary>
    /// <param name="form">Layout and weighing.</param>
    /// <param name="origin">Where it is written.</param>
    /// <param name="operands">What the body takes, in that order.</param>
    /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
    public static ImmutableArray<Node> Of(AttentionForm form, Origin origin, ImmutableArray<Node> operands) =>
        Call.Of("attention-pullback", origin, operands, x => Composition(form, x), body => new AttentionPullback(form, body));

    /// <summary>The cotangent of the bias: the one of all scores, summed to the bias' shape.</summary>
    internal static Node OfBias(AttentionForm form, ImmutableArray<Node> x)
    {
        var (_, _, scores) = Weights(form, x);
        var (bias, summed) = (x[6], scores);
        for (int a = 0; a < 4; a++)
            if (bias.Shape[a] == Dim.One)
                summed = Ops.Sum(summed, [a], keepDims: true);
        return summed;
    }

    private static (Node Capped, Node Weights, Node OfScores) Weights(AttentionForm form, ImmutableArray<Node> x)
    {
        var (capped, masked) = form.Scores(x[0], x[1], x.Length > 6 ? x[6] : null);
        Node p = Ops.Exp(masked - Ops.ExpandDims(x[4], 3));
        Node seed = form.Exchanged(x[3]), v = form.Exchanged(x[2]);
        var heads = HeadGroups.Of(seed, v);
        Node products = heads.Split(Ops.MatMul(heads.Join(seed), Ops.Transpose(v, [0, 1, 3, 2])));
        return (capped, p, p * (products - Ops.ExpandDims(x[5], 3)));
    }

    private static ImmutableArray<Node> Composition(AttentionForm form, ImmutableArray<Node> x)
    {
        var (capped, p, ofMasked) = Weights(form, x);
        Node ofScores = form.ThroughCap(capped, ofMasked) * form.ScaleOf(x[0]);
        Node q = form.Exchanged(x[0]), k = form.Exchanged(x[1]), seed = form.Exchanged(x[3]);
        var heads = HeadGroups.Of(q, k);
        Node Columns(Node weights, Node rows) =>
            form.Exchanged(Ops.MatMul(Ops.Transpose(heads.Join(weights), [0, 1, 3, 2]), heads.Join(rows)));
        return [form.Exchanged(heads.Split(Ops.MatMul(heads.Join(ofScores), k))), Columns(ofScores, q), Columns(p, seed)];
    }

    /// <inheritdoc/>
    public override ImmutableArray<Node> Batch(Batching x) =>
        [.. Of(Form, x.Single.Origin, AttentionForm.Merged(x)).Select((y, i) => x.Split(y, i))];
}
