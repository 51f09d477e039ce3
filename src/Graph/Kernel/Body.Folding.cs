namespace Adjoint.Kernels;

/// <content>
/// Integers that are known: positions in memory are sums and products of coordinates with constants, of which many are 0 and 1. And masks
/// that are known. Comparing two constants is not only work for nothing: .NET 10 was seen to fold such a comparison of vectors, and a
/// conjunction with it, to the wrong mask on AVX-512.
/// </content>
public sealed partial class Body
{
    // The value that an instruction has without being computed; null if it must be.
    private Value? Known(Instruction i) => i.Opcode switch
    {
        Opcode.Equal or Opcode.Less or Opcode.LessOrEqual when IsConstant(i.A) && IsConstant(i.B) =>
            Truth(Holds(i.Opcode, instructions[i.A], instructions[i.B])),
        Opcode.Select when IsConstant(i.A) => At(instructions[i.A].Immediate != 0 ? i.B : i.C),
        Opcode.Not when i.Type == DType.Bool && IsConstant(i.A) => Truth(instructions[i.A].Immediate == 0),
        Opcode.And when i.Type == DType.Bool => Conjunction(i.A, i.B) ?? Conjunction(i.B, i.A),
        Opcode.Or when i.Type == DType.Bool => Disjunction(i.A, i.B) ?? Disjunction(i.B, i.A),
        Opcode.Add or Opcode.Multiply when i.Type.IsInteger => Combined(i, i.A, i.B) ?? Combined(i, i.B, i.A),
        _ => null,
    };

    // 0 + x, 0 * x, 1 * x, and two constants; sums and products wrap.
    private Value? Combined(Instruction i, int known, int other)
    {
        if (!IsConstant(known))
            return null;
        long c = i.Type.Visit(new Integer(instructions[known].Immediate));
        if (IsConstant(other) && i.Type.Visit(new Integer(instructions[other].Immediate)) is var d)
            return ConstantBits(i.Type, i.Type.Visit(new BitsOfInteger(unchecked(i.Opcode == Opcode.Add ? c + d : c * d))));
        return (i.Opcode, c) switch
        {
            (Opcode.Add, 0) or (Opcode.Multiply, 1) => At(other),
            (Opcode.Multiply, 0) => At(known),
            _ => null,
        };
    }

    private Value? Conjunction(int known, int other) => !IsConstant(known) ? null : At(instructions[known].Immediate != 0 ? other : known);

    private Value? Disjunction(int known, int other) => !IsConstant(known) ? null : At(instructions[known].Immediate != 0 ? known : other);

    private Value At(int id) => new(id, instructions[id].Type);

    private Value Truth(bool holds) => ConstantBits(DType.Bool, holds ? 1 : 0);

    private bool IsConstant(int id) => instructions[id].Opcode == Opcode.Constant;

    private static bool Holds(Opcode opcode, Instruction a, Instruction b) =>
        a.Type.Visit(new Comparison(opcode, a.Immediate, b.Immediate));

    private readonly struct Integer(long bits) : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => Bits.ToInt64(Bits.To<T>(bits));
    }

    private readonly struct BitsOfInteger(long value) : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => Bits.From(Bits.FromInt64<T>(value));
    }

    private readonly struct Comparison(Opcode opcode, long a, long b) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged => typeof(T) == typeof(float) || typeof(T) == typeof(double)
            ? Of(Bits.ToDouble(Bits.To<T>(a)), Bits.ToDouble(Bits.To<T>(b)))
            : Of(Bits.ToInt64(Bits.To<T>(a)), Bits.ToInt64(Bits.To<T>(b)));

        private bool Of<T>(T x, T y) where T : System.Numerics.INumber<T> => opcode switch
        {
            Opcode.Equal => x == y,
            Opcode.Less => x < y,
            _ => x <= y,
        };
    }
}
