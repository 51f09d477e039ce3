using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Arguments for accuracy tests: where a function is neither trivial nor undefined, and where hard.</summary>
internal static class VectorMathSamples
{
    // The interval that is worth testing, per type; beyond it the special values are enough.
    private static (double Low, double High) Interval(Opcode opcode, bool wide) => opcode switch
    {
        Opcode.Exp => wide ? (-745.1, 709.7) : (-103.9, 88.7),
        Opcode.Expm1 => wide ? (-40, 709.7) : (-20, 88.7),
        Opcode.Log => (0, wide ? double.MaxValue : float.MaxValue),
        Opcode.Log1p => (-1, wide ? double.MaxValue : float.MaxValue),
        Opcode.Sin or Opcode.Cos => wide ? (-(1L << 48), 1L << 48) : (-(1 << 20), 1 << 20),
        Opcode.Tanh => wide ? (-22, 22) : (-11, 11),
        Opcode.Sigmoid => wide ? (-745.1, 42) : (-103.9, 21),
        Opcode.Erf => wide ? (-6.5, 6.5) : (-4.5, 4.5),
        Opcode.Pow => (0, wide ? double.MaxValue : float.MaxValue),
        Opcode.Exp2 => wide ? (-1074, 1024) : (-149, 128),
        Opcode.Log2 or Opcode.Log10 => (0, wide ? double.MaxValue : float.MaxValue),
        Opcode.Tan => wide ? (-(1L << 48), 1L << 48) : (-(1 << 20), 1 << 20),
        Opcode.Asin or Opcode.Acos or Opcode.Atanh => (-1, 1),
        Opcode.Atan or Opcode.Asinh or Opcode.Cbrt or Opcode.Atan2 => wide ? (-1e308, 1e308) : (-3e38, 3e38),
        Opcode.Acosh => (1, wide ? 1e308 : 3e38),
        Opcode.Sinh or Opcode.Cosh => wide ? (-710.4, 710.4) : (-89.4, 89.4),
        Opcode.Erfinv => (-1, 1),
        Opcode.Erfcinv => (wide ? 1e-300 : 1e-38, 2),
        Opcode.Erfc => wide ? (-6, 27.2) : (-4.5, 10),
        _ => throw new NotSupportedException(opcode.ToString()),
    };

    /// <summary>Arguments of a function: a third bit patterns, a third uniform, a third about the hard points.</summary>
    public static (double X, double Y)[] Of(Opcode opcode, bool wide, int count, int seed)
    {
        var random = new Random(seed);
        var (low, high) = Interval(opcode, wide);
        var samples = new (double, double)[count];
        for (int i = 0; i < count; )
        {
            double x = (i % 3) switch
            {
                0 => Pattern(random, wide),
                1 => Uniform(random, low, high),
                _ => Hard(random, opcode, wide),
            };
            if (!wide) x = (float)x;
            if (!(x > low && x < high) || x == 0) continue;
            double y = opcode is Opcode.Pow ? Exponent(random, x, wide) : opcode is Opcode.Atan2 ? Other(random, x) : 0;
            samples[i++] = (x, wide ? y : (float)y);
        }
        return samples;
    }

    private static double Pattern(Random random, bool wide) => wide
        ? BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))
        : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));

    private static double Uniform(Random random, double low, double high)
    {
        double end = Math.Min(high, 1 << random.Next(12));
        return Math.Max(low, -end) + random.NextDouble() * (end - Math.Max(low, -end));
    }

    // Next to multiples of pi/4, next to 1, and next to multiples of ln(2)/2, where reductions change over.
    private static double Hard(Random random, Opcode opcode, bool wide)
    {
        double near = 1 + (random.NextDouble() - 0.5) * Math.ScaleB(1, -random.Next(wide ? 52 : 23));
        double log2 = Math.Log(2) / 2;
        return opcode switch
        {
            Opcode.Sin or Opcode.Cos or Opcode.Tan => random.NextInt64(1, 1L << random.Next(2, wide ? 48 : 20)) * (Math.PI / 4),
            Opcode.Log or Opcode.Log2 or Opcode.Log10 or Opcode.Acosh or Opcode.Pow => near * Math.ScaleB(1, random.Next(-2, 3)),
            Opcode.Asin or Opcode.Acos or Opcode.Atanh or Opcode.Erfinv =>
                near * (random.Next(2) == 0 ? 0.5 : random.Next(2) == 0 ? 1 : -1),
            Opcode.Erfcinv => near * Math.ScaleB(1, -random.Next(wide ? 990 : 120)),
            Opcode.Exp2 => random.Next(-300, 300) * near / 2,
            Opcode.Log1p => near * Math.ScaleB(1, random.Next(-2, 3)) - 1,
            _ => random.Next(-30, 30) * log2 * near,
        };
    }

    // The other coordinate of a point: about as far from 0, on either side, so that no angle underflows.
    private static double Other(Random random, double x) =>
        x / 65536 * Math.Exp((random.NextDouble() - 0.5) * 20) * (random.Next(2) == 0 ? 1 : -1);

    // An exponent for which x^y is neither zero nor infinite, subnormal results included.
    private static double Exponent(Random random, double x, bool wide)
    {
        double end = (wide ? 1074 : 149) * Math.Log(2), log = Math.Log(x);
        double target = (random.NextDouble() * 1.95 - 1) * end;
        return log == 0 ? random.NextDouble() * 100 : target / log;
    }
}
