using System.Collections.Immutable;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>A scatter-add as a kernel plan. The tensor that is added to lies in the result's memory already.</summary>
internal static class ScatterLowering
{
    private const double NanosecondsPerElement = 0.3;

    /// <summary>The kernel of a group that holds one scatter.</summary>
    public static ImmutableArray<KernelPlan> Of(FusionGroup group)
    {
        var node = group.Members.Single(m => m.Node.Op is Scatter).Node;
        var (indices, updates, axis) = (node.Apply.Inputs[1], node.Apply.Inputs[2], ((Scatter)node.Op).Axis);
        var arguments = new ArgumentList();
        var inner = Product(node.Shape.Skip(axis + 1));
        var loops = new ScatterLoops(group.Name, node.DType, indices.DType, arguments.Number(node.Shape[axis]),
            arguments.Number(indices.Shape.ElementCount), arguments.Number(inner),
            arguments.Address(Storage.Owner(group.Outputs[0].Buffer), Dim.Zero), arguments.Address(Storage.Owner(indices), Dim.Zero),
            arguments.Address(Storage.Owner(updates), Dim.Zero));
        var range = Product(node.Shape.Take(axis)) * Dim.FloorDivide(inner + (ScatterLoops.Columns - 1), ScatterLoops.Columns);
        return [new(group.Name, loops.Key, width => ScatterEmitter.Emit(loops, width), arguments.ToImmutable(), range, 1,
            updates.Shape.ElementCount, NanosecondsPerElement,
            [$"index out of range on axis {axis} ({node.Op.Name} at {node.Apply.Origin})"], loops.ToString)];
    }

    private static Dim Product(IEnumerable<Dim> extents) => extents.Aggregate(Dim.One, (n, d) => n * d);
}

/// <summary>
/// The kernel IR of <c>y[o, index[i], c] += u[o, i, c]</c>. The range is blocks of columns c, of all o: no two touch the
/// same element, and each adds in the order of i.
/// </summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Type">Type of y and u.</param>
/// <param name="IndexType">Type of the positions.</param>
/// <param name="Extent">Positions are from 0 to this, exclusive.</param>
/// <param name="Count">How many positions.</param>
/// <param name="Inner">Columns.</param>
/// <param name="Target">Argument word with the address of y.</param>
/// <param name="Indices">Argument word with the address of the positions.</param>
/// <param name="Updates">Argument word with the address of u.</param>
internal sealed record ScatterLoops(string Name, DType Type, DType IndexType, Amount Extent, Amount Count, Amount Inner,
    int Target, int Indices, int Updates)
{
    /// <summary>Columns per unit of the range: whole cache lines of any type.</summary>
    public const int Columns = 64;

    /// <summary>The identity of the code.</summary>
    public string Key => ToString();

    public override string ToString() =>
        $"{Name}: {Type} w{Target}[o, {IndexType} w{Indices}[i], c] += w{Updates}[o, i, c], extent {Extent}, i < {Count}, c < {Inner}\n";
}
