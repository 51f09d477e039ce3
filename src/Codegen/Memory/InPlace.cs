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
            : Reads(group).All(x => Storage.OwnerBehindViews(x.Node) != memory
                || (x.Access is { } access && IsOverwritten(x.Node, access, memory, output.Target))));

    // What the group's code reads, and where; no access stands for anywhere: a prologue is evaluated panel by panel while tiles are stored.
    private static IEnumerable<(Node Node, Access? Access)> Reads(FusionGroup group)
    {
        foreach (var (node, access) in group.Members)
            if (node.Op is Reduction)
                yield return (node.Apply.Inputs[0], group.IntoOperand(node, access));
            else
                foreach (var x in node.Apply.Inputs)
                    yield return (x, node.Op is Elementwise ? access : null);
        foreach (var output in group.Outputs)
            yield return (output.Value, output.At);
        foreach (var x in Packed(group))
            yield return (x, null);
    }

    private static IEnumerable<Node> Packed(FusionGroup group) =>
        group.Prologue is { } prologue ? prologue.Map.Members.SelectMany(m => m.Node.Apply.Inputs).Append(prologue.Value) : [];

    // Whether each element that is read is the one that is stored then.
    private static bool IsOverwritten(Node x, Access access, Node memory, Access target) =>
        Storage.Resolve(x, access) is var (root, at) && root == memory && at.Equals(target);
}
