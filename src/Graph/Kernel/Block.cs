namespace Adjoint.Kernels;

/// <summary>A matrix inside the memory of a procedure, whose rows may lie apart, as those of one head between others do.</summary>
/// <param name="Cells">The memory.</param>
/// <param name="First">Elements from its start to the first one of the matrix, int64.</param>
/// <param name="Row">Elements from one row to the next.</param>
/// <param name="Column">Elements from one column to the next.</param>
public readonly record struct Block(Cells Cells, Formula First, Formula Row, Formula Column)
{
    /// <summary>Rows of neighbouring elements.</summary>
    public Block(Cells cells, Formula first, Formula row) : this(cells, first, row, 1) { }

    /// <summary>The same elements with rows and columns exchanged.</summary>
    public Block Transposed => new(Cells, First, Column, Row);
}
