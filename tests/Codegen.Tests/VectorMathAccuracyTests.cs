using Adjoint.Kernels;
using Xunit.Abstractions;

namespace Adjoint.Codegen.Tests;

/// <summary>Errors in units in the last place: float32 against doubles, float64 against 250-bit arithmetic.</summary>
public class VectorMathAccuracyTests(ITestOutputHelper output)
{
    private const int Samples32 = 1_000_000, Block = 4096, Samples64 = 6_000;

    /// <summary>Opcode and the bounds that its documentation states.</summary>
    public static TheoryData<string, double, double> Bounds => new()
    {
        { nameof(Opcode.Exp), 1, 1 },
        { nameof(Opcode.Log), 1, 1 },
        { nameof(Opcode.Expm1), 2, 2 },
        { nameof(Opcode.Log1p), 2, 2 },
        { nameof(Opcode.Sin), 2, 2 },
        { nameof(Opcode.Cos), 2, 2 },
        { nameof(Opcode.Tanh), 2, 2 },
        { nameof(Opcode.Sigmoid), 2, 2 },
        { nameof(Opcode.Erf), 2, 4 },
        { nameof(Opcode.Pow), 2, 2 },
        { nameof(Opcode.Exp2), 1, 1 },
        { nameof(Opcode.Log2), 1, 1 },
        { nameof(Opcode.Log10), 1, 1 },
        { nameof(Opcode.Tan), 1, 3 },
        { nameof(Opcode.Asin), 2, 2 },
        { nameof(Opcode.Acos), 2, 2 },
        { nameof(Opcode.Atan), 2, 2 },
        { nameof(Opcode.Atan2), 2, 2 },
        { nameof(Opcode.Sinh), 2, 2 },
        { nameof(Opcode.Cosh), 2, 2 },
        { nameof(Opcode.Asinh), 1, 2 },
        { nameof(Opcode.Acosh), 1, 2 },
        { nameof(Opcode.Atanh), 1, 2 },
        { nameof(Opcode.Cbrt), 1, 1 },
        { nameof(Opcode.Erfc), 4, 4 },
        { nameof(Opcode.Erfinv), 1, 4 },
        { nameof(Opcode.Erfcinv), 1, 4 },
    };

    [Theory, MemberData(nameof(Bounds))]
    public void Float32_is_as_accurate_as_documented(string name, double bound, double _)
    {
        Opcode opcode = Enum.Parse<Opcode>(name);
        var function = new VectorMathFunction(opcode, DType.Float32);
        var samples = VectorMathSamples.Of(opcode, wide: false, IsInverse(opcode) ? Samples32 / 200 : Samples32, seed: 1);
        var worst = (Error: 0.0, X: 0.0, Y: 0.0);
        foreach (var block in samples.Chunk(Block))
        {
            float[] found = function.At(block.Select(s => (float)s.X).ToArray(), block.Select(s => (float)s.Y).ToArray());
            for (int i = 0; i < block.Length; i++)
            {
                double error = Ulps(found[i], VectorMathReference.Of(opcode, block[i].X, block[i].Y));
                if (!(error <= worst.Error)) worst = (error, block[i].X, block[i].Y);
            }
        }
        Report(opcode, function, worst, bound);
    }

    [Theory, MemberData(nameof(Bounds))]
    public void Float64_is_as_accurate_as_documented(string name, double _, double bound)
    {
        Opcode opcode = Enum.Parse<Opcode>(name);
        var function = new VectorMathFunction(opcode, DType.Float64);
        var samples = VectorMathSamples.Of(opcode, wide: true, IsInverse(opcode) ? Samples64 / 12 : Samples64, seed: 2);
        double[] found = function.At(samples.Select(s => s.X).ToArray(), samples.Select(s => s.Y).ToArray());
        var worst = (Error: 0.0, X: 0.0, Y: 0.0);
        for (int i = 0; i < found.Length; i++)
        {
            double error = Ulps(found[i], VectorMathTruth.Of(opcode, samples[i].X, samples[i].Y));
            if (!(error <= worst.Error)) worst = (error, samples[i].X, samples[i].Y);
        }
        Report(opcode, function, worst, bound);
    }

    // Their truth is found by halving intervals, which takes its time.
    private static bool IsInverse(Opcode opcode) => opcode is Opcode.Erfinv or Opcode.Erfcinv;

    private void Report(
        Opcode opcode, VectorMathFunction function, (double Error, double X, double Y) worst, double bound)
    {
        string line = $"{opcode}: {worst.Error:f3} ulp at {worst.X:r}, {worst.Y:r}; {function.Count} instructions";
        output.WriteLine(line);
        Assert.True(worst.Error <= bound, line);
    }

    // Infinity is right where the truth rounds to it.
    private static double Ulps(float found, double truth)
    {
        if (float.IsInfinity(found) && found == (float)truth) return 0;
        double error = found - truth;
        return error == 0 ? 0 : Math.Abs(Math.ScaleB(error, 23 - Math.Max(Math.ILogB(truth), -126)));
    }

    private static double Ulps(double found, BigReal truth)
    {
        if (double.IsNaN(found)) return double.NaN;
        if (double.IsInfinity(found)) return truth.Magnitude >= 1024 ? 0 : double.PositiveInfinity;
        BigReal error = (found - truth).Abs();
        return error.Scale(52 - Math.Max(truth.Magnitude, -1022)).ToDouble();
    }
}
