using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>What kind of code a fusion group becomes.</summary>
public enum GroupKind
{
    /// <summary>Loops over a domain: elementwise chains, reductions with their producers and consumers, copies.</summary>
    Loop,

    /// <summary>A matrix product with an elementwise epilogue.</summary>
    Contraction,

    /// <summary>Sequential addition at positions that are data.</summary>
    Scatter,

    /// <summary>A sequential program per batch item.</summary>
    Routine,

    /// <summary>A map that is evaluated while an operand of a product is packed.</summary>
    Prologue,

    /// <summary>Straight-line code on the elements of small tensors; its members' accesses say nothing.</summary>
    Straight,
}

/// <summary>A value that a group stores.</summary>
/// <param name="Value">What is stored.</param>
/// <param name="At">How the group's loops address it.</param>
/// <param name="Buffer">The node whose memory takes it: the value itself, or the assembled tensor that it is a part of.</param>
/// <param name="Target">How the loops address that memory.</param>
public sealed record GroupOutput(Node Value, Access At, Node Buffer, Access Target);

/// <summary>Nodes that one kernel computes.</summary>
/// <param name="Name">For reports, DOT and stack traces.</param>
/// <param name="Kind">What it becomes.</param>
/// <param name="Domain">Extents of the loops; every one differs from 1.</param>
/// <param name="InnerAxes"> Domain axes inside the others: reductions run over exactly these, and values
/// that do not vary along them are computed once per outer coordinate. Empty where the group has one level
/// only, as a product. A reduction whose result varies along them is a total: it runs over all the others.
/// </param>
/// <param name="Members">The nodes computed, operands first, and how the loops address each.</param>
/// <param name="Outputs">What is stored.</param>
/// <param name="Level">Groups run in order of falling level; those of one level are independent.</param>
public sealed record FusionGroup(
    string Name, GroupKind Kind, ImmutableArray<Dim> Domain, ImmutableArray<int> InnerAxes,
    ImmutableArray<(Node Node, Access Access)> Members, ImmutableArray<GroupOutput> Outputs, int Level)
{
    /// <summary>Of a product: how its second operand is made from memory, where that is more than reading a matrix by strides.</summary>
    public Prologue? Prologue { get; init; }

    /// <summary>
    /// Of a product: how its first operand is copied from memory, where its rows
    /// or columns run along several axes of that, as those of the second do.
    /// </summary>
    public Prologue? First { get; init; }

    /// <summary>All nodes computed here, those of the prologue first.</summary>
    public IEnumerable<Node> Nodes => (Prologue?.Map.Members ?? []).Concat(Members).Select(m => m.Node);

    /// <summary>
    /// The members that are reductions over outer axes, or of a
    /// product's elements: complete only when all loops have run.
    /// </summary>
    public IEnumerable<(Node Node, Access Access)> Totals => Members.Where(m => IsTotal(m.Node, m.Access));

    /// <summary>Whether a member is such a reduction.</summary>
    public bool IsTotal(Node node, Access access) =>
        node.Op is Reduction && (Kind is GroupKind.Contraction || access.DomainAxes.Any(InnerAxes.Contains));

    /// <summary>How the loops address the operand of a reduction: it runs over all axes that its result does not vary along.</summary>
    public Access IntoOperand(Node reduction, Access access) => access.Into((Reduction)reduction.Op, reduction.Apply.Inputs[0],
        [.. Enumerable.Range(0, Domain.Length).Except(access.DomainAxes)]);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}: {Kind} [{string.Join(", ", Domain)}] inner [{string.Join(", ", InnerAxes)}], {Members.Length} nodes -> " +
        string.Join(", ", Outputs.Select(o => o.Buffer.ToString()));
}

/// <summary>
/// The second operand of a product, made while it is packed: elements computed from other tensors, or a matrix whose rows
/// or columns run along several axes of what lies in memory, such as the windows of a convolution.
/// </summary>
/// <param name="Map">The loops and the nodes computed; it stores nothing.</param>
/// <param name="Value">What is packed.</param>
/// <param name="At">How the loops address it.</param>
/// <param name="OperandAxes">Per domain axis of the map: the operand's axis that it is, or is a part of, outer parts first.</param>
public sealed record Prologue(FusionGroup Map, Node Value, Access At, ImmutableArray<int> OperandAxes);

/// <summary>A computation and the groups that compute it, in an order in which they can run.</summary>
/// <param name="Computation">The optimised graph.</param>
/// <param name="Groups">Every node that must exist in memory is an output of exactly one, but for parts of assembled tensors.</param>
public sealed record FusedComputation(Computation Computation, ImmutableArray<FusionGroup> Groups);
