using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>Where the elements that packing stores come from.</summary>
internal abstract record PanelSource
{
    /// <summary>The same elements, along as few axes as say where they lie.</summary>
    public virtual PanelSource Merged => this;
}

/// <summary>A matrix in memory.</summary>
/// <param name="Matrix">Where.</param>
internal sealed record StridedPanels(MatrixAccess Matrix) : PanelSource
{
    public override string ToString() => $"{Matrix}";
}

/// <summary>A part of an axis.</summary>
/// <param name="Extent">How many steps.</param>
/// <param name="Stride">Bytes per step.</param>
internal readonly record struct AxisPart(Amount Extent, Amount Stride)
{
    /// <summary>Whether a step of this part is as long as a known number of all steps of the next inner one.</summary>
    public bool Continues(AxisPart inner) => Extent.IsConstant && Stride.IsConstant && inner.Extent.IsConstant && inner.Stride.IsConstant
        && Stride.Constant == inner.Stride.Constant * inner.Extent.Constant;

    public override string ToString() => $"{Extent}*{Stride}";
}

/// <summary>A matrix whose rows or columns run along several axes of what lies in memory, row-major: windows.</summary>
/// <param name="Word">Argument word with the address of the first element.</param>
/// <param name="Batch">Bytes per step of each batch axis.</param>
/// <param name="Rows">The axes that rows run along.</param>
/// <param name="Columns">The axes that columns run along.</param>
internal sealed record WindowPanels(int Word, ImmutableArray<Amount> Batch, ImmutableArray<AxisPart> Rows,
    ImmutableArray<AxisPart> Columns) : PanelSource
{
    public override PanelSource Merged => this with { Rows = Merge(Rows), Columns = Merge(Columns) };

    private static ImmutableArray<AxisPart> Merge(ImmutableArray<AxisPart> parts)
    {
        var merged = new List<AxisPart>();
        foreach (var part in parts)
            if (merged is [.., var outer] && outer.Continues(part))
                merged[^1] = part with { Extent = new(outer.Extent.Constant * part.Extent.Constant) };
            else
                merged.Add(part);
        return [.. merged];
    }

    public override string ToString() =>
        $"w{Word} [{string.Join(" ", Batch)}] rows {string.Join(" ", Rows)} columns {string.Join(" ", Columns)}";
}

/// <summary>Elements computed as they are packed.</summary>
/// <param name="Slots">What is read, with strides along batch axes, rows and columns.</param>
/// <param name="Position">Per domain axis: which of these it is.</param>
/// <param name="Parameters">Scalars of the call.</param>
/// <param name="Code">Code per element; it stores one value.</param>
internal sealed record MappedPanels(ImmutableArray<Slot> Slots, ImmutableArray<int> Position,
    ImmutableArray<Amount> Parameters, Region Code) : PanelSource
{
    public override string ToString() =>
        $"slots {string.Join(", ", Slots)} axes {string.Join(" ", Position)} parameters {string.Join(" ", Parameters)}"
        + $" value {Code.Stores[0].Value}\n{string.Join("\n", Code.Body.Instructions)}";
}

/// <summary>
/// The kernel IR of packing: matrices [k, n] copied panel by panel to [k, columns], zeros past the last column. The
/// range is panels of all matrices, for one block of rows after the other.
/// </summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Columns">Width of a panel.</param>
/// <param name="Packing">Which panels are wanted.</param>
/// <param name="Batch">Extents of the batch axes.</param>
/// <param name="M">Rows of the other operand, for which <see cref="Packing"/> may ask.</param>
/// <param name="K">Rows.</param>
/// <param name="N">Columns.</param>
/// <param name="Source">Where elements come from.</param>
/// <param name="Target"> Argument word with the address of the copies,
/// panel after panel; -1 where a panel is packed for the next tiles only.
/// </param>
internal sealed record PanelPacking(string Name, DType Type, int Columns, Packing Packing, ImmutableArray<Amount> Batch,
    Amount M, Amount K, Amount N, PanelSource Source, int Target)
{
    /// <summary>The identity of the code.</summary>
    public string Key => ToString();

    public override string ToString() =>
        $"{Name}: {Type} panels of {Columns} columns, {Packing}, m {M} k {K} n {N} batch {string.Join(" ", Batch)}\nfrom {Source} to w{Target}\n";
}
