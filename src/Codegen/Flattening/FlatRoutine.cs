using System.Diagnostics.CodeAnalysis;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>
/// Unrolls a routine: its loops are counted while code is made, its memory is a value per element, and of a branch that depends on data
/// both sides are computed and selected from. Steps stand in the routine's own order, so bits are those of its kernel.
/// </summary>
/// <remarks>Not for positions or numbers of turns that depend on data, nor for routines that can fail.</remarks>
internal sealed class FlatRoutine
{
    private readonly Procedure procedure;
    private readonly Body body;
    private readonly KnownValues known;
    private readonly long limit, piece;
    private readonly Value?[][] cells;
    private Value?[] locals;
    private readonly Value[] made;      // of the formula at hand, by instruction of the procedure
    private readonly int[] madeFor;
    private int formula;
    private long lane;                  // the index of the lane loop around
    private long copied;                // values, for branches that depend on data

    private FlatRoutine(Procedure procedure, Body body, KnownValues known, long limit, long piece, Value?[][] cells)
    {
        (this.procedure, this.body, this.known, this.limit, this.piece, this.cells) = (procedure, body, known, limit, piece, cells);
        locals = new Value?[procedure.Locals.Count];
        (made, madeFor) = (new Value[procedure.Body.Instructions.Count], new int[procedure.Body.Instructions.Count]);
    }

    /// <summary>Whether a routine on tensors of known shape can be unrolled within a limit of instructions.</summary>
    public static bool Unrolls(Apply apply, long limit)
    {
        if (!((Routine)apply.Op).Work([.. apply.Inputs.Select(i => i.Type)]).TryConstant(out long work) || work > limit)
            return false;
        var (body, loaded) = (new Body(), 0);
        Value[] Loads(Node operand) =>
            [.. Enumerable.Range(0, (int)FlatGraph.Count(operand)).Select(_ => body.Load(operand.DType, loaded++))];
        Value[][] x = [.. apply.Inputs.Select(Loads)];
        return Of(apply, body, new(body), x, limit) is not null;
    }

    /// <summary>The results, by element; null where the routine cannot be unrolled, or not within a limit.</summary>
    /// <param name="apply">The routine on its operands.</param>
    /// <param name="body">Where its code goes.</param>
    /// <param name="known">What is known there.</param>
    /// <param name="x">The operands, by element.</param>
    /// <param name="limit">Most instructions of the body.</param>
    public static Value[][]? Of(Apply apply, Body body, KnownValues known, Value[][] x, long limit)
    {
        var routine = (Routine)apply.Op;
        TensorType[] operands = [.. apply.Inputs.Select(i => i.Type)], results = [.. apply.Results.Select(r => r.Type)];
        var procedure = routine.Lower([.. operands], [.. results]);
        if (procedure.Errors.Count > 0)
            return null;
        int batch = routine.BatchAxes([.. operands]);
        long items = Dim.Product(results[0].Shape.Take(batch)).Constant,
            pieces = routine.Pieces([.. operands]).Constant;
        Value?[][] y = [.. apply.Results.Select(r => new Value?[FlatGraph.Count(r)])];
        for (int item = 0; item < items; item++)
        {
            ArraySegment<Value?> Part(Value?[] all) => new(all, item * (all.Length / (int)items), all.Length / (int)items);
            for (long piece = 0; piece < pieces; piece++)
            {
                Value?[][] cells = [.. procedure.Memory.Select(m => m.Kind switch
                {
                    CellsKind.Operand => [.. Part([.. x[m.Index].Cast<Value?>()])],
                    CellsKind.Result => [.. Part(y[m.Index])],
                    _ => new Value?[m.Length.Constant],
                })];
                if (!new FlatRoutine(procedure, body, known, limit, piece, cells).Run(procedure.Steps))
                    return null;
                foreach (var m in procedure.Memory.Where(m => m.Kind == CellsKind.Result))
                    for (int e = 0; e < cells[m.Number].Length; e++)
                        if (cells[m.Number][e] is { } value)
                            Part(y[m.Index])[e] = value;
            }
        }
        return Array.TrueForAll(y, r => Array.TrueForAll(r, v => v is not null))
            ? [.. y.Select(r => r.Select(v => v!.Value).ToArray())] : null;
    }

    private bool Run(IEnumerable<Statement> steps)
    {
        foreach (var step in steps)
            if (body.Instructions.Count > limit || !Run(step))
                return false;
        return true;
    }

    private bool Run(Statement step) => step switch
    {
        Assign s => Set(s.Local, Make(s.Value)),
        Read s => Number(s.Offset) is { } at && Set(s.Local, At(s.Cells, at + (procedure.Locals[s.Local].HoldsLanes ? lane : 0))),
        Write s => Number(s.Offset) is { } at && Make(s.Value) is { } value && Put(s.Cells, at + lane, value),
        Count s => Number(s.From) is { } from && Number(s.To) is { } to && Counted(s, from, to),
        LaneLoop s => Number(s.From) is { } from && Number(s.To) is { } to && Lanes(s, from, to),
        Repeat s => Repeated(s),
        Branch s => Make(s.Condition) is { } condition && Chosen(s, condition),
        MultiplyBlocks s => Multiplied(s),
        TransposeBlock s => Transposed(s),
        AskRows => true,
        _ => false,
    };

    private bool Set(int local, Value? value)
    {
        locals[local] = value;
        return value is not null;
    }

    private Value? At(int memory, long offset) => offset >= 0 && offset < cells[memory].Length ? cells[memory][offset] : null;

    private bool Put(int memory, long offset, Value value)
    {
        if (offset < 0 || offset >= cells[memory].Length)
            return false;
        cells[memory][offset] = value;
        return true;
    }

    private bool Counted(Count s, long from, long to)
    {
        long turns = s.Down ? from - to : to - from;
        for (long turn = 0; turn < turns; turn++)
            if (!Set(s.Local, body.ConstantBits(DType.Int64, s.Down ? from - 1 - turn : from + turn)) || !Run(s.Body))
                return false;
        return true;
    }

    private bool Lanes(LaneLoop s, long from, long to)
    {
        for (lane = from; lane < to; lane++)
            if (!Set(s.Local, body.ConstantBits(DType.Int64, lane)) || !Run(s.Body))
                return false;
        lane = 0;
        return true;
    }

    private bool Repeated(Repeat s)
    {
        while (true)
        {
            if (Make(s.Condition) is not { } condition || known[condition] is not { } bits)
                return false;
            if (bits == 0)
                return true;
            if (!Run(s.Body))
                return false;
        }
    }

    private bool Chosen(Branch s, Value condition)
    {
        if (known[condition] is { } bits)
            return Run(bits != 0 ? s.Then : s.Otherwise);
        copied += locals.Length + cells.Sum(c => c.Length);
        if (copied > limit)
            return false;
        var (before, memory) = ((Value?[])locals.Clone(), Array.ConvertAll(cells, c => (Value?[])c.Clone()));
        if (!Run(s.Then))
            return false;
        var (then, thenMemory) = (locals, (Value?[][])cells.Clone());
        locals = before;
        memory.CopyTo(cells, 0);
        if (!Run(s.Otherwise))
            return false;
        Select(condition, then, locals);
        for (int c = 0; c < cells.Length; c++)
            Select(condition, thenMemory[c], cells[c]);
        return true;
    }

    // What only one side has given a value is read on that side's way only.
    private void Select(Value condition, Value?[] then, Value?[] otherwise)
    {
        for (int i = 0; i < then.Length; i++)
            if (then[i] is { } a)
                otherwise[i] = otherwise[i] is not { } b || a == b ? a : body.Select(condition, a, b);
    }

    private bool Multiplied(MultiplyBlocks s)
    {
        if (Number(s.M) is not { } m || Number(s.N) is not { } n || Number(s.K) is not { } k
            || Place(s.A) is not { } a || Place(s.B) is not { } b || Place(s.C) is not { } c)
            return false;
        for (long i = 0; i < m; i++)
            for (long j = 0; j < n; j++)
            {
                if ((s.Adds ? At(s.C.Cells, c(i, j)) : body.Constant(procedure.Memory[s.C.Cells].Type, 0)) is not { } sum)
                    return false;
                for (long p = 0; p < k; p++)
                    if (At(s.A.Cells, a(i, p)) is { } left && At(s.B.Cells, b(p, j)) is { } right)
                        sum = body.MultiplyAdd(left, right, sum);
                    else
                        return false;
                if (!Put(s.C.Cells, c(i, j), sum))
                    return false;
            }
        return true;
    }

    private bool Transposed(TransposeBlock s)
    {
        if (Number(s.M) is not { } m || Number(s.N) is not { } n || Place(s.From) is not { } from || Place(s.To) is not { } to)
            return false;
        for (long i = 0; i < m; i++)
            for (long j = 0; j < n; j++)
                if (At(s.From.Cells, from(i, j)) is not { } value || !Put(s.To.Cells, to(j, i), value))
                    return false;
        return true;
    }

    private Func<long, long, long>? Place(MatrixAt matrix) =>
        Number(matrix.First) is { } first && Number(matrix.Row) is { } row && Number(matrix.Column) is { } column
            ? (i, j) => first + i * row + j * column : null;

    private long? Number(Value value) => Make(value) is { } made ? known[made] : null;

    // A formula in terms of what locals hold now.
    private Value? Make(Value value)
    {
        formula++;
        return TryMake(value.Id, out var made) ? made : null;
    }

    private bool TryMake(int id, [MaybeNullWhen(false)] out Value value)
    {
        value = made[id];
        if (madeFor[id] == formula)
            return true;
        var i = procedure.Body.Instructions[id];
        int a = -1, b = -1, c = -1;
        if (!TryOperand(i.A, ref a) || !TryOperand(i.B, ref b) || !TryOperand(i.C, ref c))
            return false;
        var found = i.Opcode switch
        {
            Opcode.Carried => locals[i.Immediate],
            Opcode.Parameter => procedure.Extents[(int)i.Immediate].TryConstant(out long extent) ? body.ConstantBits(i.Type, extent) : null,
            Opcode.Index => body.ConstantBits(i.Type, piece),
            _ => (Value?)body.Emit(i with { A = a, B = b, C = c }),
        };
        if (found is not { } known)
            return false;
        (made[id], madeFor[id], value) = (known, formula, known);
        return true;
    }

    private bool TryOperand(int operand, ref int moved)
    {
        if (operand < 0)
            return true;
        if (!TryMake(operand, out var value))
            return false;
        moved = value.Id;
        return true;
    }
}
