using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>
/// The kernel IR of packing: matrices [k, n] copied panel by panel to [k, columns], zeros past the last column. The
/// range is panels, of all matrices.
/// </summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Columns">Width of a panel.</param>
/// <param name="Packing">Which panels are wanted.</param>
/// <param name="Batch">Extents of the batch axes.</param>
/// <param name="M">Rows of the other operand, for which <see cref="Packing"/> may ask.</param>
/// <param name="K">Rows.</param>
/// <param name="N">Columns.</param>
/// <param name="Source">The matrices.</param>
/// <param name="Target">Argument word with the address of the copies, dense in the order of the range.</param>
internal sealed record PanelPacking(string Name, DType Type, int Columns, Packing Packing, ImmutableArray<Amount> Batch,
    Amount M, Amount K, Amount N, MatrixAccess Source, int Target)
{
    /// <summary>The identity of the code.</summary>
    public string Key => ToString();

    public override string ToString() =>
        $"{Name}: {Type} panels of {Columns} columns, {Packing}, m {M} k {K} n {N} batch {string.Join(" ", Batch)}\nfrom {Source} to w{Target}\n";
}
