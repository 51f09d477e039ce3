using System.Collections.Immutable;

namespace Adjoint.Kernels;

/// <summary>What a procedure's memory is.</summary>
public enum CellsKind
{
    /// <summary>An operand's elements of one batch item.</summary>
    Operand,

    /// <summary>A result's elements of one batch item.</summary>
    Result,

    /// <summary>Memory of one unit of the range, whose first content is anything.</summary>
    Scratch,
}

/// <summary>Dense row-major memory that a procedure reads and writes: the part of a tensor that belongs to one batch item.</summary>
/// <remarks>Coordinates are not checked when a kernel runs: a procedure must keep them inside.</remarks>
public sealed class Cells
{
    private readonly Procedure procedure;

    internal Cells(Procedure procedure, int number, CellsKind kind, int index, DType type, ImmutableArray<Dim> shape) =>
        (this.procedure, Number, Kind, Index, Type, Shape) = (procedure, number, kind, index, type, shape);

    /// <summary>By which <see cref="Read"/> and <see cref="Write"/> name it.</summary>
    public int Number { get; }

    /// <summary>Operand, result or scratch.</summary>
    public CellsKind Kind { get; }

    /// <summary>Which operand or result.</summary>
    public int Index { get; }

    /// <summary>Element type.</summary>
    public DType Type { get; }

    /// <summary>Extents, outermost first.</summary>
    public ImmutableArray<Dim> Shape { get; }

    /// <summary>Elements of one item.</summary>
    public Dim Length => Shape.Aggregate(Dim.One, (n, d) => n * d);

    /// <summary>
    /// An element by its coordinates, read when this line is reached, or stored. In a lane loop the last coordinate may be
    /// the loop's index, or that plus something that is the same for all lanes; the others are the same for all.
    /// </summary>
    /// <exception cref="NotSupportedException">Lanes would not lie side by side.</exception>
    public Formula this[params ReadOnlySpan<Formula> at]
    {
        get => procedure.Load(this, at);
        set => procedure.Store(this, at, value);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kind.ToString().ToLowerInvariant()}{(Kind == CellsKind.Scratch ? Number : Index)} {Type}[{string.Join(", ", Shape)}]";
}

/// <summary>A variable of a procedure.</summary>
public sealed class Local
{
    private readonly Procedure procedure;

    internal Local(Procedure procedure, int number, DType type) => (this.procedure, Number, Type) = (procedure, number, type);

    /// <summary>By which statements name it.</summary>
    public int Number { get; }

    /// <summary>Element type.</summary>
    public DType Type { get; }

    /// <summary>What it holds where the formula is used, or what it holds from here on.</summary>
    public Formula Value
    {
        get => new(procedure, procedure.Body.Carried(Type, Number));
        set => procedure.Set(this, value);
    }
}
