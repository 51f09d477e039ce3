using Adjoint.Passes;
using static Adjoint.Ops;
using static Adjoint.Laws.Running;

namespace Adjoint.Laws;

/// <summary>Attention by blocks gives what the products of whole matrices give, in less memory, with the same bits everywhere.</summary>
public class StreamedAttentionFacts
{
    /// <summary>Queries, keys, widths of keys and values: one, block and register edges, none.</summary>
    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 1, 1, 1, 1 }, { 3, 5, 4, 3 }, { 64, 64, 16, 16 }, { 65, 63, 17, 15 }, { 70, 129, 8, 33 }, { 1, 200, 5, 2 },
            { 257, 2, 3, 4 }, { 2, 0, 3, 4 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Values_and_gradients_are_those_of_whole_products(int queries, int keys, int width, int valueWidth)
    {
        foreach (bool isCausal in new[] { false, true })
            foreach (var type in new[] { DType.Float32, DType.Float64 })
            {
                var (inputs, arguments) = Operands(type, queries, keys, width, valueWidth);
                HostTensor[] Of(bool streams, CompileOptions? options = null) => Run(Both(inputs, isCausal, streams), arguments, options);
                var (expected, got) = (Of(false), Of(true));
                for (int i = 0; i < expected.Length; i++)
                    AssertClose(expected[i], got[i], type == DType.Float32 ? 1e-5 : 1e-13, $"{type}, causal {isCausal}, result {i}");
                foreach (var options in Widths.Select(w => At(w)).Append(At(VectorWidths.Best, 2)))
                    foreach (var (a, b) in got.Zip(Of(true, options)))
                        AssertSameBits(a, b, $"{options.VectorWidth}, {options.Threads} threads");
            }
    }

    // Result, and cotangents of queries, keys, values and bias. Two query heads share one of keys.
    private static Computation Both(Node[] x, bool isCausal, bool streams)
    {
        Node y = ScaledDotProductAttention(x[0], x[1], x[2], x[3], isCausal, softcap: 3, streams: streams);
        return Of(x, [y, .. Gradient.Vjp([y], x.AsSpan(0, 4), [x[4]])]);
    }

    private static (Node[], HostTensor[]) Operands(DType type, int queries, int keys, int width, int valueWidth)
    {
        long[][] shapes = [[2, 4, queries, width], [2, 2, keys, width], [2, 2, keys, valueWidth], [queries, keys],
            [2, 4, queries, valueWidth]];
        var random = new Random(queries + keys);
        return ([.. shapes.Select((s, i) => Input($"x{i}", type, [.. s.Select(n => (Dim)n)]))],
            [.. shapes.Select(s => Running.Random(random, type, s))]);
    }

    /// <summary>The first query sees no key, the second none of the first block.</summary>
    [Fact]
    public void A_query_that_sees_nothing_gets_0_and_so_does_its_gradient()
    {
        const int Queries = 3, Keys = 130, Width = 4;
        double[,] bias = new double[Queries, Keys];
        for (int j = 0; j < Keys; j++)
            (bias[0, j], bias[1, j]) = (double.NegativeInfinity, j < 100 ? double.NegativeInfinity : 0);
        Node[] x = [.. new[] { Queries, Keys, Keys }.Select((n, i) => Input($"x{i}", DType.Float64, [n, Width]))];
        HostTensor[] at = [.. x.Select((n, i) => Running.Random(new Random(i), DType.Float64, [i == 0 ? Queries : Keys, Width]))];
        HostTensor[] Results(bool streams)
        {
            Node y = ScaledDotProductAttention(x[0], x[1], x[2], Constant(bias), streams: streams);
            return Run(Of(x, [y, .. Gradient.Of(Sum(y * y), x)]), at);
        }
        var (expected, got) = (Results(false), Results(true));
        for (int i = 0; i < expected.Length; i++)
            AssertClose(expected[i], got[i], 1e-14, $"result {i}");
        Assert.All(got[..2], r => Assert.Equal(new double[Width], r.Doubles()[..Width]));
    }

    [Fact]
    public void NaN_in_a_query_or_key_reaches_what_it_weighs()
    {
        Node[] x = [.. Enumerable.Range(0, 3).Select(i => Input($"x{i}", DType.Float32, [70, 4]))];
        HostTensor[] at = [.. x.Select((_, i) => Running.Random(new Random(i), DType.Float32, [70, 4]))];
        at[0].Span<float>()[4 * 66] = float.NaN;
        double[] y = Run(Of(x, ScaledDotProductAttention(x[0], x[1], x[2], streams: true)), at)[0].Doubles();
        Assert.All(y.Chunk(4).Index(), row => Assert.Equal(row.Index == 66, row.Item.All(double.IsNaN)));
        (at[0].Span<float>()[4 * 66], at[1].Span<float>()[4 * 66]) = (0, float.NaN);
        Assert.All(Run(Of(x, ScaledDotProductAttention(x[0], x[1], x[2], streams: true)), at)[0].Doubles(),
            v => Assert.True(double.IsNaN(v)));
    }

    /// <summary>A query that a select drops has no part in any gradient, whatever it holds.</summary>
    [Fact]
    public void A_dead_query_flows_nowhere()
    {
        Node[] x = [.. Enumerable.Range(0, 3).Select(i => Input($"x{i}", DType.Float64, [3, 4]))];
        HostTensor[] at = [.. x.Select((_, i) => Running.Random(new Random(i), DType.Float64, [3, 4]))];
        at[0].Span<double>()[4] = double.NaN;
        Node y = ScaledDotProductAttention(x[0], x[1], x[2], streams: true);
        y = Where(Constant(new[,] { { true }, { false }, { true } }), y, ZerosLike(y));
        var slopes = Run(Of(x, Gradient.Of(Sum(y * y), x)), at);
        Assert.All(slopes, s => Assert.All(s.Doubles(), v => Assert.True(double.IsFinite(v))));
        Assert.Equal(new double[4], slopes[0].Doubles()[4..8]);
    }

    [Fact]
    public void Second_derivatives_and_forward_mode_agree_with_whole_products()
    {
        var (x, at) = Operands(DType.Float64, 5, 7, 3, 2);
        HostTensor[] Of(bool streams)
        {
            Node y = ScaledDotProductAttention(x[0], x[1], x[2], x[3], isCausal: true, streams: streams);
            Node slope = Sum(Gradient.Vjp([y], x.AsSpan(0, 1), [x[4]])[0] * x[0]);
            return Run(Running.Of(x, [.. Gradient.Of(slope, x), .. Gradient.Jvp([y], x.AsSpan(0, 4), x.AsSpan(0, 4))]), at);
        }
        foreach (var (expected, got) in Of(false).Zip(Of(true)))
            AssertClose(expected, got, 1e-12, "streamed");
    }

    /// <summary>Scores of one head alone would take 64 MiB.</summary>
    [Fact]
    public void No_matrix_of_scores_lies_in_memory()
    {
        const int Heads = 8, Length = 4096, Width = 8;
        Node[] x = [.. Enumerable.Range(0, 3).Select(i => Input($"x{i}", DType.Float32, [Heads, Length, Width]))];
        Node y = ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true);
        var compiled = Of(x, Gradient.Of(Sum(y * y), x)).Compile();
        Assert.True(long.Parse(compiled.Report.Peak,
            System.Globalization.CultureInfo.InvariantCulture) < 4L * Length * Length / 4, compiled.Report.Peak);
    }

    [Fact]
    public void Few_scores_are_products_and_many_or_unknown_ones_are_streamed()
    {
        static bool Streams(Dim length)
        {
            Node x = Input("x", DType.Float32, [2, length, 8]);
            return Of([x], ScaledDotProductAttention(x, x, x))
                .Compile().Program.Computation.Applies.Any(a => a.Op is Operations.StreamedAttentionKernel);
        }
        Assert.False(Streams(63));
        Assert.True(Streams(64));
        Assert.True(Streams("length"));
    }
}
