using System.Collections.Immutable;

namespace Adjoint.Kernels;

/// <summary>
/// A small sequential program over memory, in kernel IR: what a <see cref="Operations.Routine"/> lowers to, once per batch
/// item. Built by calling its members in the order of the steps; loops and branches take the steps inside as an action.
/// </summary>
/// <remarks>Not safe for use by several threads. <see cref="ToString"/> prints it.</remarks>
public sealed partial class Procedure
{
    private readonly ImmutableArray<TensorType> operands, results;
    private readonly int batch;
    private readonly List<Cells> cells = [];
    private readonly List<(DType Type, bool HoldsLanes)> locals = [];
    private readonly List<Dim> extents = [];
    private readonly List<string> errors = [];
    private List<Statement> steps = [];
    private int lane = -1;

    internal Procedure(ImmutableArray<TensorType> operands, ImmutableArray<TensorType> results, int batch) =>
        (this.operands, this.results, this.batch) = (operands, results, batch);

    /// <summary>The instructions that all values of the steps are made of.</summary>
    public Body Body { get; } = new();

    /// <summary>The steps.</summary>
    public ImmutableArray<Statement> Steps => [.. steps];

    /// <summary>The memory that is used.</summary>
    public IReadOnlyList<Cells> Memory => cells;

    /// <summary>Types of the locals by number, and which of them hold a value per lane.</summary>
    public IReadOnlyList<(DType Type, bool HoldsLanes)> Locals => locals;

    /// <summary>Extents by parameter slot.</summary>
    public IReadOnlyList<Dim> Extents => extents;

    /// <summary>Error messages, code 1 first.</summary>
    public IReadOnlyList<string> Errors => errors;

    /// <summary>Which of the item's pieces runs, from 0: see <see cref="Operations.Routine.Pieces"/>.</summary>
    public Formula Piece => new(this, Body.Index(DType.Int64, 0));

    /// <summary>How many operands there are.</summary>
    public int OperandCount => operands.Length;

    /// <summary>The type of an operand, batch axes included.</summary>
    public TensorType OperandType(int index) => operands[index];

    /// <summary>The type of a result, batch axes included.</summary>
    public TensorType ResultType(int index) => results[index];

    /// <summary>The elements of an operand that belong to the item.</summary>
    /// <param name="index">Which operand.</param>
    /// <param name="shape">As what they are seen; by default the axes that are not batch axes.</param>
    public Cells Operand(int index, params ReadOnlySpan<Dim> shape) =>
        Cells(CellsKind.Operand, index, operands[index].DType, shape.IsEmpty ? Core(operands[index]) : [.. shape]);

    /// <summary>The elements of a result that belong to the item.</summary>
    /// <param name="index">Which result.</param>
    /// <param name="shape">As what they are seen; by default the axes that are not batch axes.</param>
    public Cells Result(int index, params ReadOnlySpan<Dim> shape) =>
        Cells(CellsKind.Result, index, results[index].DType, shape.IsEmpty ? Core(results[index]) : [.. shape]);

    /// <summary>Memory for this unit of the range alone, with what an earlier one may have left in it.</summary>
    public Cells Scratch(DType type, params ReadOnlySpan<Dim> shape) => Cells(CellsKind.Scratch, -1, type, [.. shape]);

    /// <summary>An extent, as an int64.</summary>
    public Formula Extent(Dim dim)
    {
        if (dim.TryConstant(out long known))
            return Number(DType.Int64, known);
        if (!extents.Contains(dim))
            extents.Add(dim);
        return new(this, Body.Parameter(DType.Int64, extents.IndexOf(dim)));
    }

    /// <summary>A constant.</summary>
    public Formula Number(DType type, double number) => new(this, Body.Constant(type, number));

    /// <summary>A variable with a first value; in a lane loop, one per lane.</summary>
    public Local Local(Formula first)
    {
        var local = NewLocal(first.Type ?? throw new ArgumentException("a plain number has no type; use Number."), lane >= 0);
        Set(local, first);
        return local;
    }

    /// <summary>The value that a formula has now, for later steps.</summary>
    public Formula Let(Formula formula)
    {
        var local = NewLocal(formula.Type!, IsPerLane(formula.In(this, formula.Type!)));
        Set(local, formula);
        return local.Value;
    }

    /// <summary>Repeats for i from one number up to another, which is not reached.</summary>
    public void For(Formula from, Formula to, Action<Formula> body) => AddCount(from, to, down: false, body);

    /// <summary>Repeats for i from one below a number down to another, which is reached.</summary>
    public void Down(Formula from, Formula to, Action<Formula> body) => AddCount(from, to, down: true, body);

    /// <summary>
    /// Repeats for j from one number up to another, as many at a time as a register has lanes. No turn may read what
    /// another turn writes; memory is met along its last axis, or not by j at all.
    /// </summary>
    public void Lanes(Formula from, Formula to, Action<Formula> body)
    {
        if (lane >= 0)
            throw new NotSupportedException("a lane loop stands inside another; make one of them a plain loop.");
        var index = NewLocal(DType.Int64, holdsLanes: true);
        lane = index.Number;
        var inside = Collect(() => body(index.Value));
        lane = -1;
        steps.Add(new LaneLoop(index.Number, Whole(from), Whole(to), inside));
    }

    /// <summary>Repeats while a condition holds, which is asked before each turn.</summary>
    public void While(Formula condition, Action body) => steps.Add(new Repeat(Shared(condition, DType.Bool), Collect(body)));

    /// <summary>Does one thing or another.</summary>
    public void If(Formula condition, Action then, Action? otherwise = null) =>
        steps.Add(new Branch(Shared(condition, DType.Bool), Collect(then), otherwise is null ? [] : Collect(otherwise)));

    /// <summary>
    /// The sum of a term for j from one number up to another, where the term meets memory as lanes do. Sixteen partial sums
    /// whatever the registers, so that bits do not depend on them.
    /// </summary>
    public Formula Sum(DType type, Formula from, Formula to, Func<Formula, Formula> term)
    {
        const int Parts = 16;
        var (sums, blocks) = (Scratch(type, Parts), Let((to - from) / Parts));
        Lanes(0, Parts, t =>
        {
            var sum = Local(Number(type, 0));
            For(0, blocks, b => sum.Value += term(from + b * Parts + t));
            sums[t] = sum.Value;
        });
        var total = Local(Tree(0, Parts));
        For(from + blocks * Parts, to, j => total.Value += term(j));
        return total.Value;

        Formula Tree(int first, int count) => count == 1 ? sums[first] : Tree(first, count / 2) + Tree(first + count / 2, count / 2);
    }

    /// <summary>
    /// Stops the call with an error that carries the op's origin
    /// where a condition does not hold; with NaN, no comparison does.
    /// </summary>
    public void Require(Formula condition, string message)
    {
        errors.Add(message);
        steps.Add(new Demand(Shared(condition, DType.Bool), errors.Count));
    }

    internal void Set(Local local, Formula value)
    {
        if (lane >= 0 && !locals[local.Number].HoldsLanes && (local.Number < lane || IsPerLane(value.In(this, local.Type))))
            throw new NotSupportedException("lanes cannot share a variable; declare it inside the lane loop.");
        steps.Add(new Assign(local.Number, value.In(this, local.Type)));
    }

    internal Formula Load(Cells from, ReadOnlySpan<Formula> at)
    {
        var (offset, perLane) = Offset(from, at);
        var local = NewLocal(from.Type, perLane);
        steps.Add(new Read(local.Number, from.Number, offset));
        return local.Value;
    }

    internal void Store(Cells to, ReadOnlySpan<Formula> at, Formula value)
    {
        var (offset, perLane) = Offset(to, at);
        if (lane >= 0 && !perLane)
            throw new NotSupportedException("every lane would store to the same element; use the loop's index as the last coordinate.");
        steps.Add(new Write(to.Number, offset, value.In(this, to.Type)));
    }

    /// <summary>The steps as text, their values written out.</summary>
    public override string ToString() => ProcedureText.Of(this);

    private ImmutableArray<Dim> Core(TensorType type) => [.. type.Shape.Skip(batch)];

    private Cells Cells(CellsKind kind, int index, DType type, ImmutableArray<Dim> shape)
    {
        cells.Add(new(this, cells.Count, kind, index, type, shape));
        return cells[^1];
    }

    private Local NewLocal(DType type, bool holdsLanes)
    {
        locals.Add((type, holdsLanes));
        return new(this, locals.Count - 1, type);
    }

    private void AddCount(Formula from, Formula to, bool down, Action<Formula> body)
    {
        var index = NewLocal(DType.Int64, holdsLanes: false);
        steps.Add(new Count(index.Number, Whole(from), Whole(to), down, Collect(() => body(index.Value))));
    }

    private ImmutableArray<Statement> Collect(Action body)
    {
        var outside = steps;
        steps = [];
        body();
        (var inside, steps) = (steps, outside);
        return [.. inside];
    }

    private Value Whole(Formula formula) => Shared(formula, DType.Int64);

    private Value Shared(Formula formula, DType type) => formula.In(this, type) is var value && !IsPerLane(value) ? value
        : throw new NotSupportedException("bounds and conditions are the same for all lanes; choose values with Choose instead.");
}
