using System.Collections.Immutable;

namespace Adjoint.Kernels;

/// <summary>
/// One step of a <see cref="Procedure"/>. The values in it are formulas over locals: they are computed when the step runs,
/// from what the locals hold then.
/// </summary>
public abstract record Statement;

/// <summary>A local takes a value.</summary>
/// <param name="Local">Number of the local.</param>
/// <param name="Value">Its next value.</param>
public sealed record Assign(int Local, Value Value) : Statement;

/// <summary>A local takes an element of memory; one that holds lanes takes the neighbours from the lane loop's index on.</summary>
/// <param name="Local">Number of the local.</param>
/// <param name="Cells">Which memory.</param>
/// <param name="Offset">Elements from its start, int64; the lane loop's index is added for lanes.</param>
public sealed record Read(int Local, int Cells, Value Offset) : Statement;

/// <summary>An element of memory takes a value; in a lane loop, the neighbours from its index on.</summary>
/// <param name="Cells">Which memory.</param>
/// <param name="Offset">Elements from its start, int64; the index of the lane loop around is added.</param>
/// <param name="Value">What is stored.</param>
public sealed record Write(int Cells, Value Offset, Value Value) : Statement;

/// <summary>
/// Counts an int64 local from <paramref name="From"/> up to
/// <paramref name="To"/>, which it does not reach; or down again.
/// </summary>
/// <param name="Local">Number of the local.</param>
/// <param name="From">First value, or one past it when counting down.</param>
/// <param name="To">One past the last value, or the last one when counting down.</param>
/// <param name="Down">Whether it counts down.</param>
/// <param name="Body">What is done each time.</param>
public sealed record Count(int Local, Value From, Value To, bool Down, ImmutableArray<Statement> Body) : Statement;

/// <summary>
/// A loop whose turns do not depend on each other, on neighbouring elements of memory: as many at a time as a register
/// has lanes. Nothing in it may read what another turn writes.
/// </summary>
/// <param name="Local">Number of the local that counts, an int64.</param>
/// <param name="From">First value.</param>
/// <param name="To">One past the last value.</param>
/// <param name="Body">What is done each time.</param>
public sealed record LaneLoop(int Local, Value From, Value To, ImmutableArray<Statement> Body) : Statement;

/// <summary>Repeats while a condition holds, which may be never.</summary>
/// <param name="Condition">Asked before each turn.</param>
/// <param name="Body">What is done each time.</param>
public sealed record Repeat(Value Condition, ImmutableArray<Statement> Body) : Statement;

/// <summary>One of two branches.</summary>
/// <param name="Condition">Chooses.</param>
/// <param name="Then">Where it holds.</param>
/// <param name="Otherwise">Where it does not.</param>
public sealed record Branch(Value Condition, ImmutableArray<Statement> Then, ImmutableArray<Statement> Otherwise) : Statement;

/// <summary>Stops the kernel with an error where a condition does not hold.</summary>
/// <param name="Condition">What must hold.</param>
/// <param name="Code">From 1: which message of the procedure.</param>
public sealed record Demand(Value Condition, int Code) : Statement;

/// <summary>Where a matrix lies; all numbers are int64 and in elements.</summary>
/// <param name="Cells">Which memory.</param>
/// <param name="First">From its start to the first element.</param>
/// <param name="Row">From one row to the next.</param>
/// <param name="Column">From one column to the next.</param>
public sealed record MatrixAt(int Cells, Value First, Value Row, Value Column);

/// <summary>A product of matrices, see <see cref="Procedure.Multiply"/>.</summary>
/// <param name="C">[m, n], rows of neighbours.</param>
/// <param name="A">[m, k].</param>
/// <param name="B">[k, n], rows of neighbours.</param>
/// <param name="M">Rows.</param>
/// <param name="N">Columns.</param>
/// <param name="K">Products per element.</param>
/// <param name="Adds">Whether c is added to.</param>
public sealed record MultiplyBlocks(MatrixAt C, MatrixAt A, MatrixAt B, Value M, Value N, Value K, bool Adds) : Statement;

/// <summary>A copy with rows and columns exchanged, see <see cref="Procedure.Transpose"/>.</summary>
/// <param name="To">[n, m].</param>
/// <param name="From">[m, n].</param>
/// <param name="M">Rows of the source.</param>
/// <param name="N">Columns of the source.</param>
public sealed record TransposeBlock(MatrixAt To, MatrixAt From, Value M, Value N) : Statement;

/// <summary>Asks for memory ahead, see <see cref="Procedure.Ask"/>.</summary>
/// <param name="Rows">[m, n], rows of neighbours.</param>
/// <param name="M">Rows.</param>
/// <param name="N">Elements of a row.</param>
public sealed record AskRows(MatrixAt Rows, Value M, Value N) : Statement;
