using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>The same graph in float64 wherever it is in float32: what differences need to tell a wrong slope from rounding.</summary>
internal sealed class Widening
{
    private readonly Dictionary<Node, Node> wide = [];

    /// <summary>The computation in float64. Inputs and variables keep their names.</summary>
    /// <exception cref="GraphException">An op knows one width only, as a cast of bits does.</exception>
    public static Computation Run(Computation f) => new Widening().Widen(f);

    private Computation Widen(Computation f)
    {
        foreach (var node in f.Inputs.Concat(f.Variables))
            wide[node] = Leaf(node);
        foreach (var apply in f.Applies)
            if (!wide.ContainsKey(apply.Results[0]))
                Visit(apply);
        return new(f.Inputs.Select(x => wide[x]).ToArray(), [.. f.Outputs.Select(o => o with { Value = wide[o.Value] })], name: f.Name);
    }

    private static Node Leaf(Node node) => node.DType != DType.Float32 ? node : node switch
    {
        Variable v => new Variable(v.Name, v.Shape, v.Initial, DType.Float64),
        _ => Ops.Input(((InputOp)node.Op).Key, DType.Float64, node.Shape),
    };

    // Of all ops only a conversion rounds what is wide already; what comes as float32 out of nothing wide is converted.
    private void Visit(Apply apply)
    {
        var op = apply.Op is Operations.Convert { To: var to } && to == DType.Float32 ? new Operations.Convert(DType.Float64) : apply.Op;
        if (!op.Bodies.IsEmpty)
            op = op.WithBodies([.. op.Bodies.Select(Run)]);
        var copy = Apply.Of(op, apply.Origin, [.. apply.Inputs.Select(x => wide[x])]);
        for (int i = 0; i < apply.Results.Length; i++)
            wide[apply.Results[i]] = copy.Results[i].DType == DType.Float32 ? Ops.Convert(copy.Results[i], DType.Float64) : copy.Results[i];
    }

    /// <summary>Values in float64 where they are in float32.</summary>
    public static HostTensor Widen(HostTensor t) => t.DType != DType.Float32 ? t
        : HostTensor.From(Array.ConvertAll(t.ToArray<float>(), x => (double)x), t.Shape);
}
