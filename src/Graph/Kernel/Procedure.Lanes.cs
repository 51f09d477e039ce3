namespace Adjoint.Kernels;

/// <content>What differs from lane to lane, and how lanes meet memory.</content>
public sealed partial class Procedure
{
    /// <summary>Whether a value differs from lane to lane: whether a local with a value per lane is in it.</summary>
    public bool IsPerLane(Value value)
    {
        var i = Body[value];
        if (i.Opcode == Opcode.Carried)
            return locals[(int)i.Immediate].HoldsLanes;
        foreach (int operand in i.Operands)
            if (IsPerLane(new(operand, Body.Instructions[operand].Type)))
                return true;
        return false;
    }

    // Row-major by Horner's rule; the lane loop's index is left out, as the steps add it.
    private (Value Offset, bool PerLane) Offset(Cells memory, ReadOnlySpan<Formula> at)
    {
        if (at.Length != memory.Shape.Length)
            throw new ArgumentException($"{memory} takes {memory.Shape.Length} coordinates, got {at.Length}.");
        Formula offset = 0;
        bool perLane = false;
        for (int a = 0; a < at.Length; a++)
        {
            var coordinate = at[a].In(this, DType.Int64);
            if (IsPerLane(coordinate))
                (perLane, coordinate) = (true, a == at.Length - 1 ? WithoutLane(coordinate) : throw NotNeighbours(memory));
            offset = a == 0 ? new Formula(this, coordinate) : Sum(Product(offset, Extent(memory.Shape[a])), new(this, coordinate));
        }
        return (offset.In(this, DType.Int64), perLane);
    }

    private Value WithoutLane(Value coordinate)
    {
        var i = Body[coordinate];
        if (IsLane(coordinate))
            return Body.ConstantBits(DType.Int64, 0);
        if (i.Opcode is not (Opcode.Add or Opcode.Subtract))
            throw NotNeighbours(null);
        Value a = new(i.A, DType.Int64), b = new(i.B, DType.Int64);
        if (IsLane(a) && !IsPerLane(b))
            return i.Opcode == Opcode.Add ? b : Body.Negate(b);
        return IsLane(b) && !IsPerLane(a) && i.Opcode == Opcode.Add ? a : throw NotNeighbours(null);
    }

    private bool IsLane(Value value) => Body[value] is { Opcode: Opcode.Carried } i && i.Immediate == lane;

    private Formula Sum(Formula x, Formula y) => IsZero(x) ? y : IsZero(y) ? x : x + y;

    private Formula Product(Formula x, Formula y) => IsZero(x) || IsZero(y) ? Number(DType.Int64, 0) : IsOne(x) ? y : IsOne(y) ? x : x * y;

    private bool IsZero(Formula x) => Body[x.In(this, DType.Int64)] is { Opcode: Opcode.Constant, Immediate: 0 };

    private bool IsOne(Formula x) => Body[x.In(this, DType.Int64)] is { Opcode: Opcode.Constant, Immediate: 1 };

    private static NotSupportedException NotNeighbours(Cells? memory) =>
        new($"lanes meet {memory?.ToString() ?? "memory"} elsewhere than side by side on its last axis; use the loop's index there, or a plain loop.");
}
