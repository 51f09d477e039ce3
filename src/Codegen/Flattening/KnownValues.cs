using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Values of a body that are known while it is built: constants, and
/// arithmetic on constants in the bits that it would have at run time.
/// </summary>
internal sealed class KnownValues(Body body)
{
    private readonly List<long?> known = new(body.Instructions.Count);

    /// <summary>The bits of a value; null where they depend on what is loaded.</summary>
    public long? this[Value value]
    {
        get
        {
            for (int i = known.Count; i <= value.Id; i++)
                known.Add(Evaluate(body.Instructions[i]));
            return known[value.Id];
        }
    }

    private long? Evaluate(Instruction i)
    {
        if (i.Opcode == Opcode.Constant)
            return i.Immediate;
        if (i.A < 0 || !AreKnown(i.Operands))
            return i.Opcode == Opcode.Select && i.A >= 0 && known[i.A] is { } mask ? known[mask != 0 ? i.B : i.C] : null;
        var type = body.Instructions[i.A].Type;
        long a = known[i.A]!.Value, b = i.B >= 0 ? known[i.B]!.Value : 0;
        return i.Opcode switch
        {
            Opcode.Select => a != 0 ? b : known[i.C]!.Value,
            Opcode.Check => b != 0 ? a : null,
            Opcode.Convert => type.Visit(new ConvertFrom(a, i.Type)),
            _ when type.IsFloat => type == DType.Float64 ? OfDoubles(i.Opcode, Bits.To<double>(a), Bits.To<double>(b))
            : OfFloats(i.Opcode, Bits.To<float>(a), Bits.To<float>(b)),
            _ => OfIntegers(i.Opcode, type, type == DType.Int32 ? (int)a : a, type == DType.Int32 ? (int)b : b),
        };
    }

    private bool AreKnown(Operands operands)
    {
        foreach (int operand in operands)
            if (known[operand] is null)
                return false;
        return true;
    }

    private static long? OfIntegers(Opcode opcode, DType type, long a, long b) => opcode switch
    {
        Opcode.Add => Wrapped(type, unchecked(a + b)),
        Opcode.Subtract => Wrapped(type, unchecked(a - b)),
        Opcode.Multiply => Wrapped(type, unchecked(a * b)),
        Opcode.Divide => b is 0 ? 0 : b is -1 ? Wrapped(type, unchecked(-a)) : a / b,
        Opcode.Negate => Wrapped(type, unchecked(-a)),
        Opcode.Max => Wrapped(type, Math.Max(a, b)),
        Opcode.Min => Wrapped(type, Math.Min(a, b)),
        Opcode.Equal => a == b ? 1 : 0,
        Opcode.Less => a < b ? 1 : 0,
        Opcode.LessOrEqual => a <= b ? 1 : 0,
        Opcode.And => a & b,
        Opcode.Or => a | b,
        Opcode.Xor => a ^ b,
        Opcode.Not when type == DType.Bool => a ^ 1,
        _ => null,
    };

    private static long? OfDoubles(Opcode opcode, double a, double b) => opcode switch
    {
        Opcode.Add => Bits.From(a + b),
        Opcode.Subtract => Bits.From(a - b),
        Opcode.Multiply => Bits.From(a * b),
        Opcode.Divide => Bits.From(a / b),
        Opcode.Negate => Bits.From(-a),
        _ => Compared(opcode, a, b),
    };

    private static long? OfFloats(Opcode opcode, float a, float b) => opcode switch
    {
        Opcode.Add => Bits.From(a + b),
        Opcode.Subtract => Bits.From(a - b),
        Opcode.Multiply => Bits.From(a * b),
        Opcode.Divide => Bits.From(a / b),
        Opcode.Negate => Bits.From(-a),
        _ => Compared(opcode, a, b),
    };

    private static long? Compared(Opcode opcode, double a, double b) => opcode switch
    {
        Opcode.Equal => a == b ? 1 : 0,
        Opcode.Less => a < b ? 1 : 0,
        Opcode.LessOrEqual => a <= b ? 1 : 0,
        _ => null,
    };

    private static long Wrapped(DType type, long value) => type == DType.Int32 ? (uint)(int)value : value;

    private readonly struct ConvertFrom(long bits, DType to) : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => to.Visit(new ConvertTo<T>(Bits.To<T>(bits)));
    }

    private readonly struct ConvertTo<TFrom>(TFrom value) : IDTypeVisitor<long> where TFrom : unmanaged
    {
        public long Visit<T>() where T : unmanaged => Bits.From(
            typeof(TFrom) == typeof(double) || typeof(TFrom) == typeof(float) ? Bits.FromDouble<T>(Bits.ToDouble(value))
            : Bits.FromInt64<T>(Bits.ToInt64(value)));
    }
}
