using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Operators with a state that is handed on from one call to the next.</summary>
internal static class Sequences
{
    public static IEnumerable<Importer> All =>
        [Many("CausalConvWithState", CausalConvolution), Many("LinearAttention", LinearAttention)];

    // A convolution per channel over the last elements of the past (zeros if there is none) and the present.
    private static ImmutableArray<Node> CausalConvolution(OnnxNode x)
    {
        var (t, filters) = (x[0], x[1]);
        Dim past = filters.Shape[2] - 1;
        var padded = Ops.Concat([x.Optional(3) ?? Ops.BroadcastTo(Ops.Scalar(t.DType, 0), [t.Shape[0], t.Shape[1], past]), t], 2);
        if (!t.Shape[1].TryConstant(out long channels) || channels > int.MaxValue)
            throw x.Unsupported("a symbolic number of channels");
        var y = Ops.Convolution(padded, filters, x.Optional(2), groups: (int)channels);
        var state = Ops.Slice(padded, [0, 0, padded.Shape[2] - past], [t.Shape[0], t.Shape[1], past]);
        return [x.Text("activation", "none") switch
        {
            "none" or "" => y,
            "silu" or "swish" => Ops.Silu(y),
            var other => throw x.Unsupported($"activation '{other}'"),
        }, state];
    }

    // S = exp(decay) S + k (b (v - S' k))', y = scale q S, one step after the other; without decay or beta those parts
    // are left out.
    private static ImmutableArray<Node> LinearAttention(OnnxNode x)
    {
        int heads = Count(x, "kv_num_heads"), queries = Count(x, "q_num_heads");
        string rule = x.Text("update_rule", "gated_delta");
        var (q, k, v) = (Heads(x[0], queries), Heads(x[1], heads), Heads(x[2], heads));
        var decay = rule.Contains("gated", StringComparison.Ordinal) ? Heads(x[4], heads) : null;
        var beta = rule.Contains("delta", StringComparison.Ordinal) ? Ops.ExpandDims(x[5], -1) : null;
        double scale = x.Number("scale", 0) is var s && s != 0 ? s : 1 / Math.Sqrt(k.Shape[3].Constant);
        var state = x.Optional(3) ?? Ops.BroadcastTo(Ops.Scalar(q.DType, 0), [q.Shape[0], heads, k.Shape[3], v.Shape[3]]);
        if (!q.Shape[1].TryConstant(out long length))
            throw x.Unsupported($"a sequence of symbolic length {q.Shape[1]}");
        x.Charge(10 * length);
        var outputs = new Node[length];
        for (int t = 0; t < length; t++)
        {
            Node At(Node sequence) => Ops.Squeeze(Ops.Slice(sequence, 1, t, t + 1), [1]);
            if (decay is not null)
                state *= Ops.ExpandDims(Ops.Exp(At(decay)), -1);
            Node column = Ops.ExpandDims(At(k), -1), written = At(v);
            if (beta is not null)
                written = At(beta) * (written - Ops.Sum(state * column, [-2]));
            state += column * Ops.ExpandDims(written, -2);
            outputs[t] = Ops.Squeeze(Ops.MatMul(Ops.ExpandDims(At(q), -2), Repeated(state, queries / heads)), [-2]) * scale;
        }
        var y = Ops.Stack(outputs, 1);
        return [Ops.Reshape(y, [y.Shape[0], y.Shape[1], y.Shape[2] * y.Shape[3]]), state];
    }

    private static int Count(OnnxNode x, string name) => x.Int(name, 0) is > 0 and <= 1 << 16 and var n ? (int)n
        : throw x.Error($"{name} is missing or no number of heads");

    // [batch, time, heads * size] to [batch, time, heads, size].
    private static Node Heads(Node x, int heads) =>
        Ops.Reshape(x, [x.Shape[0], x.Shape[1], heads, Dim.FloorDivide(x.Shape[2], heads)]);

    // A state of keys and values serves several heads of queries.
    private static Node Repeated(Node state, int times) => times == 1 ? state : Ops.Repeat(state, times, 1);
}
