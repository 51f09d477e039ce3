using System.Collections.Immutable;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>What becomes straight-line code: a whole computation, or a part of one.</summary>
/// <param name="Inputs">Whose elements are loaded.</param>
/// <param name="Applies">What is computed, operands before uses.</param>
/// <param name="Outputs">Whose elements are stored.</param>
internal sealed record FlatGraph(ImmutableArray<Node> Inputs, ImmutableArray<Apply> Applies, ImmutableArray<Node> Outputs)
{
    /// <summary>Inputs, then outputs: what elements are numbered by.</summary>
    public ImmutableArray<Node> Externals { get; } = [.. Inputs, .. Outputs];

    /// <summary>A computation that reads and updates no variables.</summary>
    public static FlatGraph Of(Computation f) =>
        new(f.Inputs, [.. f.Applies.Where(a => a.Op is not InputOp)], [.. f.Outputs.Select(o => o.Value)]);

    /// <summary>A fusion group.</summary>
    public static FlatGraph Of(FusionGroup group)
    {
        ImmutableArray<Apply> applies = [.. group.Members.Select(m => m.Node.Apply).Distinct()];
        var computed = applies.ToHashSet();
        var read = applies.SelectMany(a => a.Inputs).Where(x => !computed.Contains(x.Apply));
        return new([.. read.Distinct()], applies, [.. group.Outputs.Select(o => o.Value)]);
    }

    /// <summary>Whether an application can be straight-line code, on tensors of no more elements than a limit.</summary>
    public static bool Unrolls(Apply apply, int limit) => AreSmall(apply.Inputs, limit) && AreSmall(apply.Results, limit)
        && (apply.Op is Routine ? FlatRoutine.Unrolls(apply, limit) : apply.Results is [_]
            && apply.Op is Constant or Elementwise or Reduction or View or Assembly or MatMul or Generator or Scatter);

    /// <summary>Whether shapes are numbers and tensors hold no more elements than a limit.</summary>
    public static bool AreSmall(ImmutableArray<Node> nodes, int limit)
    {
        foreach (var n in nodes)
            if (!n.Shape.IsStatic || Count(n) > limit)
                return false;
        return true;
    }

    /// <summary>Elements of a static shape, without arithmetic on symbols: asked for every node.</summary>
    public static long Count(Node node)
    {
        long count = 1;
        for (int a = 0; a < node.Rank; a++)
            count *= node.Shape[a].Constant;
        return count;
    }
}
