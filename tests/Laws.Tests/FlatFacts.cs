using Adjoint.Kernels;
using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>Straight-line code on single elements: the values of the reference, and no more code than was asked for.</summary>
public class FlatFacts
{
    private delegate void One(ReadOnlySpan<double> x, Span<double> y);

    private delegate void Two(ReadOnlySpan<double> x0, ReadOnlySpan<double> x1, Span<double> y);

    private delegate void Three(ReadOnlySpan<double> x0, ReadOnlySpan<double> x1, ReadOnlySpan<double> x2, Span<double> y);

    public static TheoryData<OpCase> Cases => [.. Flattened];

    internal static IEnumerable<OpCase> Flattened =>
        OpCases.All.Where(c => c.DTypes.Contains(DType.Float64) && c.Operands.Length is >= 1 and <= 3
        && c.Operands.All(o => o.Fixed is null) && Program(c) is { } f && f.Outputs[0].Value.DType == DType.Float64
        && Flatten(f) is not null);

    [Fact]
    public void Most_ops_on_small_tensors_flatten() => Assert.True(Cases.Count > 150, $"{Cases.Count} do");

    [Theory, MemberData(nameof(Cases))]
    public void Unrolled_code_gives_the_values_of_the_reference(OpCase c)
    {
        var f = Program(c);
        foreach (var g in c.Differentiable ? new[] { f, Slopes(f) } : [f])
        {
            var random = new Random(5);
            HostTensor[] x = [.. c.Operands.Select(o => o.Sample(random, DType.Float64))];
            var expected = Running.Truth(g, x)[0];
            var y = HostTensor.Zeros(DType.Float64, expected.Shape);
            Call(g, x, y.Span<double>());
            Running.AssertClose(expected, y, 1e-9, c.Name);
        }
    }

    [Fact]
    public void Matrices_of_known_numbers_are_folded()
    {
        Node angle = Input("angle", DType.Float64, [2]);
        Node Turn(Node a) => Reshape(Stack([Cos(a), -Sin(a), Scalar(DType.Float64, 0), Sin(a), Cos(a), Scalar(DType.Float64, 0),
            Scalar(DType.Float64, 0), Scalar(DType.Float64, 0), Scalar(DType.Float64, 1)]), [3, 3]);
        Node Angle(int i) => Reshape(Slice(angle, 0, i, i + 1), []);
        var f = Running.Of([angle], MatMul(Turn(Angle(0)), Turn(Angle(1))));
        var y = new double[9];
        f.Compile<One>()([0.3, 0.4], y);
        Assert.Equal(Math.Cos(0.7), y[0], 14);
        Assert.Equal(Math.Sin(0.7), y[3], 14);
        Assert.Equal(1, y[8]);
    }

    [Fact]
    public void Products_with_known_zeros_are_none_only_of_finite_numbers()
    {
        Node x = Input("x", DType.Float64, [2]);
        var f = Running.Of([x], MatMul(Constant(new double[,] { { 0, 2 }, { 1, 0 } }), Reshape(x, [2, 1])));
        var plain = new CompileOptions { Admitted = Soundness.Default.Union([Soundness.Assumes.Finite, Soundness.Assumes.NoSignedZero]) };
        double[] y = new double[2], z = new double[2];
        f.Compile<One>()([double.PositiveInfinity, 3], y);
        f.Compile<One>(options: plain)([double.PositiveInfinity, 3], z);
        Assert.Equal([double.NaN, double.PositiveInfinity], y);
        Assert.Equal([6, double.PositiveInfinity], z);
        var code = Assert.IsType<FlatProgram>(Flattener.Of(Pipeline.Default.Run(f).Optimised, 100, plain.Admitted)).Code.Body;
        Assert.Single(code.Instructions, i => i.Opcode is not (Opcode.Load or Opcode.Constant));
    }

    [Fact]
    public void Quotients_by_one_divisor_share_a_reciprocal_only_where_it_does_not_overflow()
    {
        Node x = Input("x", DType.Float64, [4]), y = Reshape(Slice(x, 0, 3, 4), []);
        var f = Running.Of([x], Slice(x, 0, 0, 3) / y);
        var normal = new CompileOptions { Admitted = Soundness.Default.Add(Soundness.Assumes.NormalDivisors), Flatten = Flattening.Always };
        int Divisions(CompileOptions options) =>
            Assert.IsType<FlatProgram>(Flattener.Of(Pipeline.Default.Run(f).Optimised, 100, options.Admitted))
            .Code.Body.Instructions.Count(i => i.Opcode == Opcode.Divide);
        Assert.Equal(3, Divisions(new()));
        Assert.Equal(1, Divisions(normal));
        double[] exact = new double[3], close = new double[3];
        var (quotients, products) = (f.Compile<One>(options: new() { Flatten = Flattening.Always }), f.Compile<One>(options: normal));
        double[] rows = [7, 3, double.Epsilon, 5, 1, 0, double.NaN, 0, -1, 1e300, 0, double.PositiveInfinity, 1, -2, 1e308, -1e-300];
        foreach (var row in rows.Chunk(4))
        {
            quotients(row, exact);
            products(row, close);
            for (int i = 0; i < 3; i++)
                Assert.True(exact[i].Equals(close[i])
                    || Math.Abs(exact[i] - close[i]) <= 3 * Math.BitIncrement(Math.Abs(exact[i]))
                    - 3 * Math.Abs(exact[i]), $"{exact[i]} {close[i]}");
        }
        quotients([1e-310, 0, 0, 1e-309], exact);
        Assert.Equal(0.1, exact[0], 10);
    }

    [Fact]
    public void Constants_that_many_places_use_are_read_from_memory_that_lives_as_long_as_the_code()
    {
        Node x = Input("x", DType.Float64, [3]);
        var f = Running.Of([x], Erfc(x) + Sin(x));
        var scalar = f.Compile<One>(options: new() { Flatten = Flattening.Always });
        double[] from = [0.5, -1, 2], to = new double[3];
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            scalar(from, to);
            for (int k = 0; k < 3; k++)
                Assert.Equal(Precise.Erfc(from[k]) + Math.Sin(from[k]), to[k], 14);
        }
    }

    [Fact]
    public void Gathers_at_known_positions_are_no_code()
    {
        Node x = Input("x", DType.Float64, [4]);
        var f = Running.Of([x], Gather(x, Constant(new[] { 3, 0, 3 })) * 2);
        var flat = Assert.IsType<FlatProgram>(Flatten(f));
        Assert.All(flat.Code.Body.Instructions, i => Assert.Contains(i.Opcode, new[] { Opcode.Load, Opcode.Constant, Opcode.Multiply }));
        var y = new double[3];
        f.Compile<One>()([1, 2, 3, 4], y);
        Assert.Equal([8, 2, 8], y);
        Assert.Null(Flatten(Running.Of([x], Gather(x, Constant(new[] { 4 })))));
    }

    [Fact]
    public void A_flat_delegate_allocates_nothing_and_checks_lengths_and_overlaps()
    {
        Node x = Input("x", DType.Float64, [6]);
        var f = Running.Of([x], Gradient.Of(Sum(Square(x) * Exp(x)), [x])[0]).Compile<One>();
        double[] from = [1, 2, 3, 4, 5, 6], to = new double[6];
        Garbage.AssertNone(() => f(from, to));
        Assert.Throws<ArgumentException>(() => f(new double[5], new double[6]));
        Assert.Throws<ArgumentException>(() => f(from, from));
    }

    [Fact]
    public void An_index_outside_is_an_error_also_in_unrolled_code()
    {
        Node i = Input("i", DType.Int32, []), x = Input("x", DType.Float64, [3]);
        var f = Running.Of([i, x], Sum(OneHot(CheckedIndex(i, 3), 3,
            DType.Float64) * x)).Compile<Func<int, ReadOnlySpan<double>, double>>();
        Assert.Equal(7, f(2, [5, 6, 7]));
        Assert.Contains("index out of range", Assert.Throws<ComputationException>(() => f(3, [5, 6, 7])).Message);
    }

    internal static Computation Program(OpCase c)
    {
        Node[] inputs = [.. c.Operands.Select((o, i) => Input($"x{i}", DType.Float64, Shape.Of(o.Shape.Select(n => (Dim)n))))];
        return Running.Of(inputs, c.Build(inputs));
    }

    private static Computation Slopes(Computation f)
    {
        var weights = Iota(f.Outputs[0].Value.Shape is { Rank: 0 } ? [1] : f.Outputs[0].Value.Shape, -1, DType.Float64) * 0.3 + 0.7;
        return Running.Of([.. f.Inputs], Gradient.Of(Sum(f.Outputs[0].Value * weights), [f.Inputs[0]])[0]);
    }

    private static FlatProgram? Flatten(Computation f) => Flattener.Of(Pipeline.Default.Run(f).Optimised, ScalarDelegate.MostInstructions);

    private static void Call(Computation f, HostTensor[] x, Span<double> y)
    {
        switch (x)
        {
            case [var a]:
                f.Compile<One>()(a.Span<double>(), y);
                break;
            case [var a, var b]:
                f.Compile<Two>()(a.Span<double>(), b.Span<double>(), y);
                break;
            case [var a, var b, var c]:
                f.Compile<Three>()(a.Span<double>(), b.Span<double>(), c.Span<double>(), y);
                break;
        }
    }
}
