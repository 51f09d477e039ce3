using System.Collections.Immutable;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>A scatter as a kernel plan. The tensor that is updated lies in the result's memory already.</summary>
internal static class ScatterLowering
{
    private const double NanosecondsPerElement = 0.3;

    /// <summary>The kernel of a group that holds one scatter.</summary>
    public static ImmutableArray<KernelPlan> Of(FusionGroup group)
    {
        var node = group.Members.Single(m => m.Node.Op is Scatter).Node;
        var (op, indices, updates) = ((Scatter)node.Op, node.Apply.Inputs[1], node.Apply.Inputs[2]);
        var layout = op.Layout(node.Type, indices.Type);
        var arguments = new ArgumentList();
        var loops = new ScatterLoops(group.Name, op.Mode, node.DType, indices.DType,
            new([.. layout.Extents.Select(arguments.Number)]), arguments.Number(layout.Count), arguments.Number(layout.Inner),
            layout.OwnIndices, layout.IndexPerElement,
            arguments.Address(Storage.Owner(group.Outputs[0].Buffer), Dim.Zero), arguments.Address(Storage.Owner(indices), Dim.Zero),
            arguments.Address(Storage.Owner(updates), Dim.Zero),
            SplitsRows: layout.Inner.TryConstant(out long columns) && columns < 2 * ScatterLoops.Columns);
        var range = layout.Outer * (loops.SplitsRows ? ScatterLoops.RowParts
            : Dim.FloorDivide(layout.Inner + (ScatterLoops.Columns - 1), ScatterLoops.Columns));
        return [new(group.Name, loops.Key, width => ScatterEmitter.Emit(loops, width), arguments.ToImmutable(), range, 1,
            updates.Shape.ElementCount, NanosecondsPerElement, Errors(node, layout), loops.ToString)];
    }

    // Error code k + 1 is index k of a tuple.
    private static ImmutableArray<string> Errors(Node node, ScatterLayout layout) => [.. layout.Extents.Select((extent, k) =>
        layout.Extents.Length == 1 ? $"index out of range, must be 0 to {extent} - 1 ({node.Op.Name} at {node.Apply.Origin})"
        : $"index {k} of a tuple out of range, must be 0 to {extent} - 1 ({node.Op.Name} at {node.Apply.Origin})")];
}

/// <summary>Numbers with value equality: the extents of a tuple of positions.</summary>
internal sealed record Amounts(ImmutableArray<Amount> Each)
{
    public bool Equals(Amounts? other) => other is not null && Each.AsSpan().SequenceEqual(other.Each.AsSpan());

    public override int GetHashCode() => Each.Aggregate(17, HashCode.Combine);

    public override string ToString() => string.Join(", ", Each);
}

/// <summary>
/// The kernel IR of <c>y[o, p, c] op= u[o, i, c]</c>, p from the indices. The range is blocks of columns c, of all o, or parts of the
/// positions p where columns are few: no two touch the same element, and each meets its updates in the order of i.
/// </summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Mode">What an update does.</param>
/// <param name="Type">Type of y and u.</param>
/// <param name="IndexType">Type of the indices.</param>
/// <param name="Extents">Per index of a tuple: from 0 to this, exclusive.</param>
/// <param name="Count">How many i.</param>
/// <param name="Inner">Columns.</param>
/// <param name="OwnIndices">Whether each o has indices of its own.</param>
/// <param name="IndexPerElement">Whether each c has an index of its own.</param>
/// <param name="Target">Argument word with the address of y.</param>
/// <param name="Indices">Argument word with the address of the indices.</param>
/// <param name="Updates">Argument word with the address of u.</param>
/// <param name="SplitsRows">Whether the range is parts of the positions:
/// each looks at all indices, and leaves those of the others alone.</param>
internal sealed record ScatterLoops(
    string Name, ScatterMode Mode, DType Type, DType IndexType, Amounts Extents, Amount Count, Amount Inner,
    bool OwnIndices, bool IndexPerElement, int Target, int Indices, int Updates, bool SplitsRows)
{
    /// <summary>Columns per unit of the range: whole cache lines of any type.</summary>
    public const int Columns = 64;

    /// <summary>Parts of the positions: some threads' worth, since each reads all indices.</summary>
    public const int RowParts = 4;

    /// <summary>The identity of the code.</summary>
    public string Key => ToString();

    /// <summary>Indices that make one position.</summary>
    public int Tuple => Extents.Each.Length;

    public override string ToString()
    {
        string index = $"{IndexType} w{Indices}[{(OwnIndices ? "o, " : "")}i{(IndexPerElement ? ", c" : "")}]";
        return $"{Name}: {Mode.ToString().ToLowerInvariant()} {Type} w{Target}[o, {index}, c] from w{Updates}[o, i, c]," +
            $" extents {Extents}, i < {Count}, c < {Inner}{(SplitsRows ? ", in parts of positions" : "")}\n";
    }
}
