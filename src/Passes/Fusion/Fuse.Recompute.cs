using Adjoint.Operations;

namespace Adjoint.Passes;

/// <content>
/// Cheap maps of what lies in memory anyway are computed again by each kernel that reads them, and not stored: a scale and a shift of an
/// argument, say, for the forward and for the backward pass. After P. Briggs, K. Cooper and L. Torczon, "Rematerialization", PLDI 1992,
/// with memory in the place of registers.
/// </content>
public sealed partial class Fuse
{
    /// <summary>Instructions that may run again for a value: arithmetic, selections and conversions, no functions.</summary>
    private const int CheapMap = 8;

    // All readers, or none: what is stored for one of them is there for the others. An instruction takes about as long as moving a byte,
    // so the bytes that need not be stored and read must be more than the instructions that run again. No more memory is alive at any
    // time: what has to stay alive for longer, if anything, is no larger than what is not stored.
    private bool Recompute(Node node, List<Use> readers, bool hasHome)
    {
        if (readers.Count == 0 || !readers.TrueForAll(u => CanRecompute(node, u)) || Cone(node) is not var (cost, operands)
            || !(node.Type.ByteCount - operands.Where(x => x.Op is not Leaf).Aggregate(Dim.Zero, (sum, x) => sum + x.Type.ByteCount)).IsPlainlyNatural)
            return false;
        int kernels = readers.Select(u => u.Reader.Root).Distinct().Count(), runs = hasHome ? kernels : kernels - 1;
        // a row, or a number, that is read for many elements stays in the nearest cache
        int read = operands.Where(x => x.Shape.ElementCount == node.Shape.ElementCount).Sum(x => x.DType.Size);
        if (node.DType.Size * (1 + kernels) - read * runs <= cost * runs)
            return false;
        foreach (var (group, access) in readers.Select(u => (u.Reader.Root, u.Access!)).Distinct())
            if (!Enter(group, node, access, Cost(node.Op)))
                throw new InvalidOperationException($"{node} cannot be computed where it is read, once per coordinate.");
        return true;
    }

    // Once per coordinate of the reader's loops, whatever else these do.
    private bool CanRecompute(Node node, Use use) => use is { Access: { } access, Reader.Root: { Kind: GroupKind.Loop } group }
        && group.Tier == partition.TierOf(node.Apply) && group.Cost + Cost(node.Op) <= Budget
        && access.DomainAxes.Length == group.Domain.Count && access.Covers(node.Shape, group.Domain);

    // The instructions that make a value from what lies in memory anyway, and what that is; null where they are many. Tiles of a product
    // cannot read bytes, so what has none must not become a reader of some.
    private (int Cost, HashSet<Node> Operands)? Cone(Node node)
    {
        var (cost, operands, open) = (0, new HashSet<Node>(), new Stack<Node>([node]));
        while (open.TryPop(out var map))
        {
            if (map.Op is not Elementwise || (cost += Cost(map.Op)) > CheapMap)
                return null;
            foreach (var x in map.Apply.Inputs)
                if (Behind(x, Access.Identity(x.Shape)).Item1 is var source && source.DType.IsByte && !node.DType.IsByte)
                    return null;
                else if (IsAtHand(source))
                    operands.Add(source);
                else
                    open.Push(source);
        }
        return (cost, operands);
    }

    // A leaf, or what somebody reads from memory.
    private bool IsAtHand(Node node) =>
        node.Op is Leaf || (uses.TryGetValue(node, out var readers) && readers.Exists(u => u.Access is null));
}
