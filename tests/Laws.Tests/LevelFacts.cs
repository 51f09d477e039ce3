using Adjoint.Benchmarks;
using Adjoint.Kernels;
using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>Long straight-line code whose operands are far apart runs as loops over equal instructions, to the same bits.</summary>
[Collection("alone")]
public class LevelFacts
{
    private delegate void Spans(ReadOnlySpan<double> x, Span<double> y);

    private delegate void Mixed(ReadOnlySpan<double> x, ReadOnlySpan<int> n, Span<double> y, Span<int> k, Span<float> z, Span<bool> b);

    private static CompileOptions Unrolled => new() { Flatten = Flattening.Always };

    private static LevelCode? Levels(Computation f)
    {
        var flat = FlatChoice.Of(Pipeline.Default.Run(f).Optimised, Unrolled)!;
        return LevelCode.Of(new EmittableRegion(flat.Code, []),
            [.. flat.Elements.Select(e => new FlatSlot(e.Type, e.External, e.Index, new(e.Type.Size), new(0)))]);
    }

    [Fact]
    public void Far_operands_are_read_by_table_and_near_ones_stay_in_registers()
    {
        Assert.NotNull(Levels(RandomScalars.Of(int.MaxValue, 40_000)));
        Assert.Null(Levels(RandomScalars.Of(int.MaxValue, 5_000)));
        Assert.Null(Levels(RandomScalars.Of(20, 100_000)));
    }

    [Fact]
    public void Loops_over_levels_give_the_bits_of_the_reference()
    {
        var f = RandomScalars.Of(int.MaxValue, 40_000);
        var random = new Random(3);
        double[] x = [.. Enumerable.Range(0, 16).Select(_ => random.NextDouble())],
            y = new double[(int)f.Outputs[0].Value.Shape[0].Constant];
        x[3] = double.NaN;
        x[5] = double.NegativeInfinity;
        var expected = Running.Truth(f, HostTensor.From(x))[0];
        f.Compile<Spans>(options: Unrolled)(x, y);
        Running.AssertSameBits(expected, HostTensor.From(y), "levels");
    }

    // Products of matrices are long chains; these are wide: thousands of elements of every type, with choices and functions.
    private static Computation Wide()
    {
        Node x = Input("x", DType.Float64, [2500]), n = Input("n", DType.Int32, [2500]);
        Node isSmall = Less(n, Scalar(DType.Int32, 2)), exponential = Exp(x);
        Node y = Where(isSmall, exponential + Flip(x), Maximum(x * Convert(n, DType.Float64), Sqrt(exponential)));
        Node z = Convert(y, DType.Float32) / (Convert(n, DType.Float32) + 1);
        return new([x, n], [y, n * n - Flip(n), z, isSmall]);
    }

    [Fact]
    public void Every_type_choice_and_function_has_its_loop()
    {
        var f = Wide();
        Assert.NotNull(Levels(f));
        var random = new Random(7);
        double[] x = [.. Enumerable.Range(0, 2500).Select(i => i % 97 == 0 ? double.NaN : 4 * random.NextDouble() - 2)];
        int[] n = [.. Enumerable.Range(0, 2500).Select(_ => random.Next(5))];
        (double[], int[], float[], bool[]) Results(Flattening way)
        {
            var (y, k, z, b) = (new double[2500], new int[2500], new float[2500], new bool[2500]);
            f.Compile<Mixed>(options: new() { Flatten = way })(x, n, y, k, z, b);
            return (y, k, z, b);
        }
        var (loops, levels) = (Results(Flattening.Never), Results(Flattening.Always));
        Assert.Equal(loops.Item1.Select(BitConverter.DoubleToInt64Bits), levels.Item1.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(loops.Item2, levels.Item2);
        Assert.Equal(loops.Item3.Select(BitConverter.SingleToInt32Bits), levels.Item3.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(loops.Item4, levels.Item4);
    }

    [Fact]
    public void Calls_allocate_nothing_and_do_not_meet()
    {
        var graph = RandomScalars.Of(int.MaxValue, 40_000);
        var f = graph.Compile<Spans>(options: Unrolled);
        double[] x = [.. Enumerable.Range(0, 16).Select(i => i / 16.0)], y = new double[(int)graph.Outputs[0].Value.Shape[0].Constant];
        Garbage.AssertNone(() => f(x, y));
        Running.AssertDoesNotMeet(() =>
        {
            var own = new double[y.Length];
            f(x, own);
            Assert.Equal(y, own);
        });
    }
}
