using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// When a kernel may write a result into memory that it also reads:
/// an element is read by nobody but the iteration that overwrites it.
/// </summary>
internal static class InPlace
{
    /// <summary>
    /// Whether a group may store an output where a tensor lies that
    /// dies with it. The two have equal shapes and element sizes.
    /// </summary>
    /// <remarks>
    /// Around reductions there are several loops, and what one of them stores another may still have to read: there the
    /// tensor may be read only for the one result that is computed once per row, after everything else. A product takes sums down columns
    /// from registers.
    /// </remarks>
    public static bool IsSafe(FusionGroup group, GroupOutput output, Node memory) => group.Kind is GroupKind.Loop or GroupKind.Contraction
        && (group.Kind is GroupKind.Loop && group.Members.Any(m => m.Node.Op is Reduction)
            && (group.Outputs.Length > 1 || output.At.DomainAxes.Any(group.InnerAxes.Contains))
            ? Reads(group).All(x => Storage.OwnerBehindViews(x.Node) != memory)
            : Reads(group).All(x => x.Access is { } access ? Fits(x.Node, access, memory, output.Target)
                : Storage.OwnerBehindViews(x.Node) != memory));

    // What the group's code reads, and where; no access stands for anywhere: a prologue is evaluated panel by panel while tiles are stored.
    private static IEnumerable<(Node Node, Access? Access)> Reads(FusionGroup group) => group.Members.SelectMany(m => m.Node.Op switch
    {
        Elementwise => m.Node.Apply.Inputs.Select(x => (x, (Access?)m.Access)),
        Reduction => [(m.Node.Apply.Inputs[0], group.IntoOperand(m.Node, m.Access))],
        _ => m.Node.Apply.Inputs.Select(x => (x, (Access?)null)),
    }).Concat(group.Outputs.Select(o => (o.Value, (Access?)o.At))).Concat(Packed(group).Select(x => (x, (Access?)null)));

    private static IEnumerable<Node> Packed(FusionGroup group) =>
        group.Prologue is { } prologue ? prologue.Map.Members.SelectMany(m => m.Node.Apply.Inputs).Append(prologue.Value) : [];

    private static bool Fits(Node x, Access access, Node memory, Access target)
    {
        var (root, at) = Storage.Resolve(x, access);
        return Storage.Owner(root) != memory || (root == memory && at.Equals(target));
    }
}
