using System.Numerics;
using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>
/// Executes the primitive instructions of a body with .NET scalar semantics, over arrays of independent lanes: what the
/// kernel IR means, with no code shared with any code generator.
/// </summary>
internal static class VectorMathInterpreter
{
    /// <summary>The lanes of one value of the body; slots are what its loads read.</summary>
    public static T[] Run<T>(Body body, Value result, int lanes, params Array[] slots)
    {
        var registers = new Array[body.Instructions.Count];
        for (int i = 0; i <= result.Id; i++) registers[i] = Execute(body.Instructions[i], registers, lanes, slots);
        return (T[])registers[result.Id];
    }

    private static Array Execute(Instruction i, Array[] registers, int lanes, Array[] slots)
    {
        if (i.Opcode is Opcode.Load) return slots[i.Immediate];
        Array a = i.A >= 0 ? registers[i.A] : Array.Empty<bool>();
        Array b = i.B >= 0 ? registers[i.B] : a, c = i.C >= 0 ? registers[i.C] : b;
        return i.Opcode switch
        {
            Opcode.Constant => i.Type.Visit(new Splat(i.Immediate, lanes)),
            Opcode.BitCast => BitCast(a, i.Type),
            Opcode.Entry => Entry(a, NumberTable.At(i.Immediate).AddressOf(i.Type)),
            Opcode.Select => i.Type.Visit(new Select((bool[])a, b, c)),
            Opcode.Call or Opcode.CallWhere => Call(i, a, b, c),
            Opcode.Convert => i.Type == DType.Float64 ? Array.ConvertAll((float[])a, x => (double)x)
            : Array.ConvertAll((double[])a, x => (float)x),
            Opcode.Equal or Opcode.Less or Opcode.LessOrEqual => Compare(i.Opcode, a, b),
            _ => (a, b, c) switch
            {
                (float[] x, float[] y, float[] z) => Float(i.Opcode, x, y, z),
                (double[] x, double[] y, double[] z) => Float(i.Opcode, x, y, z),
                (int[] x, int[] y, _) => Integer(i, x, y),
                (long[] x, long[] y, _) => Integer(i, x, y),
                (bool[] x, bool[] y, _) => Logic(i.Opcode, x, y),
                _ => throw new NotSupportedException(i.ToString()),
            },
        };
    }

    private static Array Entry(Array a, long table) => a is int[] narrow
        ? Array.ConvertAll(narrow, x => Memory.Load<float>(table + (x & 15) * sizeof(float)))
        : Array.ConvertAll((long[])a, x => Memory.Load<double>(table + (x & 15) * sizeof(double)));

    // One argument; b and c are absent operands' stand-ins.
    private static Array Call(Instruction i, Array a, Array b, Array c)
    {
        var f = ScalarFunction.At(i.Immediate).Method.CreateDelegate<Func<double, double>>();
        var mask = i.Opcode is Opcode.CallWhere ? (bool[])(i.C >= 0 ? c : b) : null;
        double Of(double x, int k) => mask is null || mask[k] ? f(x) : x;
        return a is float[] narrow ? narrow.Select((x, k) => (float)Of(x, k)).ToArray() : ((double[])a).Select(Of).ToArray();
    }

    private static T[] Float<T>(Opcode opcode, T[] x, T[] y, T[] z) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var r = new T[x.Length];
        switch (opcode)
        {
            case Opcode.ScaleB: for (int i = 0; i < r.Length; i++) r[i] = EmissionTruth.ScaleB(x[i], y[i]); break;
            case Opcode.Exponent: for (int i = 0; i < r.Length; i++) r[i] = EmissionTruth.Exponent(x[i]); break;
            case Opcode.Mantissa: for (int i = 0; i < r.Length; i++) r[i] = EmissionTruth.Mantissa(x[i]); break;
            case Opcode.Add: for (int i = 0; i < r.Length; i++) r[i] = x[i] + y[i]; break;
            case Opcode.Subtract: for (int i = 0; i < r.Length; i++) r[i] = x[i] - y[i]; break;
            case Opcode.Multiply: for (int i = 0; i < r.Length; i++) r[i] = x[i] * y[i]; break;
            case Opcode.Divide: for (int i = 0; i < r.Length; i++) r[i] = x[i] / y[i]; break;
            case Opcode.MultiplyAdd:
                for (int i = 0; i < r.Length; i++) r[i] = T.FusedMultiplyAdd(x[i], y[i], z[i]);
                break;
            case Opcode.Negate: for (int i = 0; i < r.Length; i++) r[i] = -x[i]; break;
            case Opcode.Abs: for (int i = 0; i < r.Length; i++) r[i] = T.Abs(x[i]); break;
            case Opcode.Max: for (int i = 0; i < r.Length; i++) r[i] = T.Max(x[i], y[i]); break;
            case Opcode.Min: for (int i = 0; i < r.Length; i++) r[i] = T.Min(x[i], y[i]); break;
            case Opcode.Sqrt: for (int i = 0; i < r.Length; i++) r[i] = T.Sqrt(x[i]); break;
            case Opcode.Floor: for (int i = 0; i < r.Length; i++) r[i] = T.Floor(x[i]); break;
            case Opcode.Ceiling: for (int i = 0; i < r.Length; i++) r[i] = T.Ceiling(x[i]); break;
            case Opcode.Round: for (int i = 0; i < r.Length; i++) r[i] = T.Round(x[i]); break;
            default: throw new NotSupportedException(opcode.ToString());
        }
        return r;
    }

    private static T[] Integer<T>(Instruction of, T[] x, T[] y) where T : unmanaged, IBinaryInteger<T>
    {
        var r = new T[x.Length];
        int count = (int)of.Immediate;
        switch (of.Opcode)
        {
            case Opcode.Add: for (int i = 0; i < r.Length; i++) r[i] = unchecked(x[i] + y[i]); break;
            case Opcode.Subtract: for (int i = 0; i < r.Length; i++) r[i] = unchecked(x[i] - y[i]); break;
            case Opcode.And: for (int i = 0; i < r.Length; i++) r[i] = x[i] & y[i]; break;
            case Opcode.Or: for (int i = 0; i < r.Length; i++) r[i] = x[i] | y[i]; break;
            case Opcode.Xor: for (int i = 0; i < r.Length; i++) r[i] = x[i] ^ y[i]; break;
            case Opcode.ShiftLeft: for (int i = 0; i < r.Length; i++) r[i] = x[i] << count; break;
            case Opcode.ShiftRight: for (int i = 0; i < r.Length; i++) r[i] = x[i] >> count; break;
            case Opcode.ShiftRightLogical: for (int i = 0; i < r.Length; i++) r[i] = x[i] >>> count; break;
            default: throw new NotSupportedException(of.ToString());
        }
        return r;
    }

    private static bool[] Logic(Opcode opcode, bool[] x, bool[] y) => opcode switch
    {
        Opcode.And => [.. x.Zip(y, (p, q) => p & q)],
        Opcode.Or => [.. x.Zip(y, (p, q) => p | q)],
        Opcode.Not => [.. x.Select(p => !p)],
        _ => throw new NotSupportedException(opcode.ToString()),
    };

    private static bool[] Compare(Opcode opcode, Array x, Array y) => (x, y) switch
    {
        (float[] p, float[] q) => Compare(opcode, p, q),
        (double[] p, double[] q) => Compare(opcode, p, q),
        (int[] p, int[] q) => Compare(opcode, p, q),
        (long[] p, long[] q) => Compare(opcode, p, q),
        _ => throw new NotSupportedException(opcode.ToString()),
    };

    private static bool[] Compare<T>(Opcode opcode, T[] x, T[] y) where T : INumber<T>
    {
        var r = new bool[x.Length];
        switch (opcode)
        {
            case Opcode.Equal: for (int i = 0; i < r.Length; i++) r[i] = x[i] == y[i]; break;
            case Opcode.Less: for (int i = 0; i < r.Length; i++) r[i] = x[i] < y[i]; break;
            default: for (int i = 0; i < r.Length; i++) r[i] = x[i] <= y[i]; break;
        }
        return r;
    }

    private static Array BitCast(Array x, DType type)
    {
        Array r = Array.CreateInstance(type.ClrType, x.Length);
        Buffer.BlockCopy(x, 0, r, 0, Buffer.ByteLength(x));
        return r;
    }

    private readonly struct Splat(long bits, int lanes) : IDTypeVisitor<Array>
    {
        public Array Visit<T>() where T : unmanaged
        {
            var r = new T[lanes];
            Array.Fill(r, Bits.To<T>(bits));
            return r;
        }
    }

    private readonly struct Select(bool[] mask, Array x, Array y) : IDTypeVisitor<Array>
    {
        public Array Visit<T>() where T : unmanaged
        {
            var (p, q, r) = ((T[])x, (T[])y, new T[mask.Length]);
            for (int i = 0; i < r.Length; i++) r[i] = mask[i] ? p[i] : q[i];
            return r;
        }
    }
}
