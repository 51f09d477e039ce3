using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Zeros, infinities, NaN, thresholds and exact values in both formats; float32 rounds arguments first.</summary>
public class VectorMathSpecialValueTests
{
    private const double Infinity = double.PositiveInfinity;

    /// <summary>Opcode, argument, exact result.</summary>
    public static TheoryData<string, double, double> Exact => new()
    {
        { nameof(Opcode.Exp), 0.0, 1 }, { nameof(Opcode.Exp), -0.0, 1 }, { nameof(Opcode.Exp), Infinity, Infinity },
        { nameof(Opcode.Exp), -Infinity, 0 }, { nameof(Opcode.Exp), 1e4, Infinity }, { nameof(Opcode.Exp), -1e4, 0 },
        { nameof(Opcode.Log), 1, 0 }, { nameof(Opcode.Log), 0.0, -Infinity }, { nameof(Opcode.Log), -0.0, -Infinity },
        { nameof(Opcode.Log), -1, double.NaN }, { nameof(Opcode.Log), -Infinity, double.NaN },
        { nameof(Opcode.Log), Infinity, Infinity },
        { nameof(Opcode.Expm1), 0.0, 0.0 }, { nameof(Opcode.Expm1), -0.0, -0.0 },
        { nameof(Opcode.Expm1), Infinity, Infinity }, { nameof(Opcode.Expm1), -Infinity, -1 },
        { nameof(Opcode.Expm1), -50, -1 }, { nameof(Opcode.Expm1), 1e4, Infinity },
        { nameof(Opcode.Log1p), 0.0, 0.0 }, { nameof(Opcode.Log1p), -0.0, -0.0 },
        { nameof(Opcode.Log1p), -1, -Infinity }, { nameof(Opcode.Log1p), -2, double.NaN },
        { nameof(Opcode.Log1p), -Infinity, double.NaN }, { nameof(Opcode.Log1p), Infinity, Infinity },
        { nameof(Opcode.Sin), 0.0, 0.0 }, { nameof(Opcode.Sin), -0.0, -0.0 },
        { nameof(Opcode.Sin), Infinity, double.NaN }, { nameof(Opcode.Sin), -Infinity, double.NaN },
        { nameof(Opcode.Cos), 0.0, 1 }, { nameof(Opcode.Cos), -0.0, 1 },
        { nameof(Opcode.Cos), -Infinity, double.NaN },
        { nameof(Opcode.Tanh), 0.0, 0.0 }, { nameof(Opcode.Tanh), -0.0, -0.0 }, { nameof(Opcode.Tanh), 30, 1 },
        { nameof(Opcode.Tanh), Infinity, 1 }, { nameof(Opcode.Tanh), -Infinity, -1 },
        { nameof(Opcode.Sigmoid), 0.0, 0.5 }, { nameof(Opcode.Sigmoid), Infinity, 1 },
        { nameof(Opcode.Sigmoid), -Infinity, 0 }, { nameof(Opcode.Sigmoid), 50, 1 },
        { nameof(Opcode.Erf), 0.0, 0.0 }, { nameof(Opcode.Erf), -0.0, -0.0 }, { nameof(Opcode.Erf), 7, 1 },
        { nameof(Opcode.Exp2), 10, 1024 }, { nameof(Opcode.Exp2), -3, 0.125 }, { nameof(Opcode.Exp2), -Infinity, 0 },
        { nameof(Opcode.Exp2), Infinity, Infinity }, { nameof(Opcode.Exp2), 0.0, 1 },
        { nameof(Opcode.Log2), 8, 3 }, { nameof(Opcode.Log2), 0.125, -3 }, { nameof(Opcode.Log2), 0.0, -Infinity },
        { nameof(Opcode.Log2), -1, double.NaN }, { nameof(Opcode.Log2), Infinity, Infinity }, { nameof(Opcode.Log2), 1, 0 },
        { nameof(Opcode.Log10), 1000, 3 }, { nameof(Opcode.Log10), 1e10, 10 }, { nameof(Opcode.Log10), 0.0, -Infinity },
        { nameof(Opcode.Log10), -1, double.NaN }, { nameof(Opcode.Log10), Infinity, Infinity },
        { nameof(Opcode.Tan), -0.0, -0.0 }, { nameof(Opcode.Tan), Infinity, double.NaN },
        { nameof(Opcode.Asin), -0.0, -0.0 }, { nameof(Opcode.Asin), 1.5, double.NaN }, { nameof(Opcode.Asin), -Infinity, double.NaN },
        { nameof(Opcode.Acos), 1, 0 }, { nameof(Opcode.Acos), -1.5, double.NaN }, { nameof(Opcode.Acos), Infinity, double.NaN },
        { nameof(Opcode.Atan), -0.0, -0.0 }, { nameof(Opcode.Sinh), -0.0, -0.0 }, { nameof(Opcode.Sinh), Infinity, Infinity },
        { nameof(Opcode.Sinh), -Infinity, -Infinity }, { nameof(Opcode.Cosh), 0.0, 1 }, { nameof(Opcode.Cosh), -Infinity, Infinity },
        { nameof(Opcode.Asinh), -0.0, -0.0 }, { nameof(Opcode.Asinh), -Infinity, -Infinity },
        { nameof(Opcode.Acosh), 1, 0 }, { nameof(Opcode.Acosh), 0.5, double.NaN }, { nameof(Opcode.Acosh), -1e10, double.NaN },
        { nameof(Opcode.Acosh), Infinity, Infinity }, { nameof(Opcode.Atanh), 1, Infinity }, { nameof(Opcode.Atanh), -1, -Infinity },
        { nameof(Opcode.Atanh), 1.5, double.NaN }, { nameof(Opcode.Atanh), -0.0, -0.0 },
        { nameof(Opcode.Cbrt), -27, -3 }, { nameof(Opcode.Cbrt), 1e6, 100 }, { nameof(Opcode.Cbrt), -0.0, -0.0 },
        { nameof(Opcode.Cbrt), -Infinity, -Infinity },
        { nameof(Opcode.Erfc), 0.0, 1 }, { nameof(Opcode.Erfc), Infinity, 0 }, { nameof(Opcode.Erfc), -Infinity, 2 },
        { nameof(Opcode.Erfc), 30, 0 },
        { nameof(Opcode.Erf), Infinity, 1 }, { nameof(Opcode.Erf), -Infinity, -1 },
    };

    public static IEnumerable<object[]> OneArgument =>
        VectorMathFunction.Opcodes.Where(o => o is not (Opcode.Pow or Opcode.Atan2)).Select(o => new object[] { o.ToString() });

    [Theory, MemberData(nameof(Exact))]
    public void Special_arguments_have_exact_results(string name, double x, double expected)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
            AssertSame(expected, new VectorMathFunction(Enum.Parse<Opcode>(name), type).At(x));
    }

    [Theory, MemberData(nameof(OneArgument))]
    public void Nan_propagates(string name)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
            Assert.True(double.IsNaN(new VectorMathFunction(Enum.Parse<Opcode>(name), type).At(double.NaN)));
    }

    /// <summary>Functions with slope 1 at 0 return their argument there, down to the smallest subnormal.</summary>
    [Theory]
    [InlineData(nameof(Opcode.Expm1)), InlineData(nameof(Opcode.Log1p))]
    [InlineData(nameof(Opcode.Sin)), InlineData(nameof(Opcode.Tanh)), InlineData(nameof(Opcode.Tan))]
    [InlineData(nameof(Opcode.Asin)), InlineData(nameof(Opcode.Atan)), InlineData(nameof(Opcode.Sinh))]
    [InlineData(nameof(Opcode.Asinh)), InlineData(nameof(Opcode.Atanh))]
    public void Tiny_arguments_return_themselves(string name)
    {
        Opcode opcode = Enum.Parse<Opcode>(name);
        foreach (double x in new[] { float.Epsilon, -3 * float.Epsilon, 1e-41f, 1e-30f })
            AssertSame(x, new VectorMathFunction(opcode, DType.Float32).At(x));
        foreach (double x in new[] { double.Epsilon, -3 * double.Epsilon, 1e-310, 1e-200 })
            AssertSame(x, new VectorMathFunction(opcode, DType.Float64).At(x));
    }

    [Fact]
    public void Exp_overflows_and_underflows_where_ieee_says()
    {
        VectorMathFunction single = new(Opcode.Exp, DType.Float32), twice = new(Opcode.Exp, DType.Float64);
        Assert.True(single.At(88.72283f) < Infinity);
        Assert.Equal(Infinity, single.At(88.72284f));
        Assert.Equal(float.Epsilon, single.At(-103.97207f));
        Assert.Equal(0, single.At(-103.97209f));
        Assert.True(twice.At(709.782712893384) < Infinity);
        Assert.Equal(Infinity, twice.At(709.7827128933841));
        Assert.Equal(double.Epsilon, twice.At(-745.1332191019411));
        Assert.Equal(0, twice.At(-745.1332191019412));
    }

    /// <summary>Arguments beyond what the reduction holds: the runtime's functions, which have all digits of pi.</summary>
    [Theory]
    [InlineData(1e30), InlineData(-7e22), InlineData(1 << 21), InlineData(3e38)]
    public void Large_angles_have_the_functions_of_their_exact_values(double x)
    {
        foreach (var (opcode, f) in new[] { (Opcode.Sin, (Func<double, double>)Math.Sin), (Opcode.Cos, Math.Cos), (Opcode.Tan, Math.Tan) })
        {
            AssertClose(f((float)x), new VectorMathFunction(opcode, DType.Float32).At(x), DType.Float32);
            AssertClose(f(x), new VectorMathFunction(opcode, DType.Float64).At(x), DType.Float64);
        }
    }

    /// <summary>C99 F.9.1.4: every pair of zeros, ones and infinities of either sign.</summary>
    [Fact]
    public void Atan2_treats_special_operands_as_c99()
    {
        double[] numbers = [0.0, -0.0, 1, -1, Infinity, -Infinity, double.NaN, 1e300, -1e300];
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
            foreach (double y in numbers)
                foreach (double x in numbers)
                {
                    double expected = type == DType.Float32 ? (float)Math.Atan2((float)y, (float)x) : Math.Atan2(y, x);
                    double found = new VectorMathFunction(Opcode.Atan2, type).At(y, x);
                    if (expected == 0 || double.IsNaN(expected)) AssertSame(expected, found);
                    else AssertClose(expected, found, type);
                }
    }

    /// <summary>C99 F.9.4.4, which .NET's pow follows, over every pair of interesting numbers.</summary>
    [Fact]
    public void Pow_treats_special_operands_as_c99()
    {
        double[] numbers =
        [
            0.0, 0.5, 1, 1.5, 2, 3, 4, 1 << 24, (1 << 24) - 1, Math.ScaleB(1, 60), 1e-40, 1e-3, 1e30,
            Infinity, double.NaN,
        ];
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
        {
            var pow = new VectorMathFunction(Opcode.Pow, type);
            foreach (double x in numbers.Concat(numbers.Select(n => -n)))
                foreach (double y in numbers.Concat(numbers.Select(n => -n)))
                {
                    double expected = type == DType.Float32 ? MathF.Pow((float)x, (float)y) : Math.Pow(x, y);
                    double found = pow.At(x, y);
                    if (double.IsFinite(expected) && expected != 0) AssertClose(expected, found, type);
                    else AssertSame(expected, found);
                }
        }
    }

    private static void AssertClose(double expected, double found, DType type)
    {
        double tolerance = Math.Abs(expected) * (type == DType.Float32 ? 2.5e-7 : 5e-16);
        Assert.True(Math.Abs(expected - found) <= tolerance, $"expected {expected:r}, found {found:r}");
    }

    // By bits, so that the sign of zero counts; any NaN is NaN.
    private static void AssertSame(double expected, double found)
    {
        bool same = double.IsNaN(expected) ? double.IsNaN(found) : Bits.From(expected) == Bits.From(found);
        Assert.True(same, $"expected {expected:r}, found {found:r}");
    }
}
