using Adjoint.Kernels;
using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>Long code runs in an order in which fewer values wait, to the same bits.</summary>
public class RegisterOrderFacts
{
    private const int Many = 60;

    private static readonly Dictionary<int, int> NoRuns = [];

    private readonly Body body = new();

    [Fact]
    public void Values_are_computed_when_they_are_wanted()
    {
        Value x = body.Load(DType.Float64, 0), sum = x;
        Value[] early = [.. Enumerable.Range(0, Many).Select(i => body.Multiply(x, body.Like(x, i + 0.5)))];
        foreach (var value in early.Reverse())
            sum = body.Add(sum, value);
        var (code, _) = RegisterOrder.Run(body, [sum], NoRuns);
        Assert.True(code.KeepsOrder);
        foreach (var (id, i) in code.Body.Instructions.Index())
            if (i.Opcode == Opcode.Add)
                Assert.True(id - i.B <= 2, $"{id} reads {i.B}");
        Assert.Equal(VectorMathInterpreter.Run<double>(body, sum, 1, [(double[])[0.3]]),
            VectorMathInterpreter.Run<double>(code.Body, code.Roots[0], 1, [(double[])[0.3]]));
    }

    [Fact]
    public void Code_that_registers_suffice_for_stays_as_it_was()
    {
        Value x = body.Load(DType.Float64, 0), sum = x;
        for (int i = 0; i < Many; i++)
            sum = body.MultiplyAdd(sum, x, body.Like(x, i + 0.5));
        var (code, _) = RegisterOrder.Run(body, [sum], NoRuns);
        Assert.False(code.KeepsOrder);
        Assert.Same(body, code.Body);
    }

    [Fact]
    public void Nothing_is_wanted_of_an_empty_body() => Assert.Empty(RegisterOrder.Run(body, [], NoRuns).Code.Roots);

    [Fact]
    public void The_first_check_that_fails_stays_the_first()
    {
        var x = body.Load(DType.Float64, 0);
        Value[] early = [.. Enumerable.Range(0, Many).Select(i => body.Multiply(x, body.Like(x, i + 0.5)))];
        // The later a check, the sooner its operand is there.
        Value[] roots = [.. early.Reverse().Select((value, i) => body.Check(value, body.Less(value, body.Like(x, 1)), i + 1))];
        var (code, _) = RegisterOrder.Run(body, roots, NoRuns);
        Assert.True(code.KeepsOrder);
        Assert.Equal(Enumerable.Range(1, Many).Select(i => (long)i),
            code.Body.Instructions.Where(i => i.Opcode == Opcode.Check).Select(i => i.Immediate));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public void Random_code_keeps_its_bits_however_many_values_wait(int seed)
    {
        var roots = RandomCode.Of(body, seed);
        var (code, _) = RegisterOrder.Run(body, roots, NoRuns);
        Assert.True(code.KeepsOrder);
        RandomCode.AssertSameBits(body, roots, code, seed);
    }

    // Rows of a table, a weight each, and what a product of sums of them owes to each number.
    private static Computation Derivatives()
    {
        const int columns = 12, steps = 30;
        Dim n = "n";
        Node table = Input("table", DType.Float64, [5, columns]), at = Input("at", DType.Int32, [n]), w = Input("w", DType.Float64, [n]);
        Node[] x = [.. Enumerable.Range(0, columns).Select(c => Gather(Reshape(Slice(table, 1, c, c + 1), [5]), at))];
        Node y = w;
        for (int i = 0; i < steps; i++)
            y = (y * x[i % columns] + x[(i + 5) % columns]) / (1 + Square(x[(i + 7) % columns]));
        return new([table, at, w], [y, Stack([.. Gradient.Of(Sum(y), [.. x, w])], 1)]);
    }

    [Fact]
    public void Derivatives_of_long_functions_have_the_bits_of_the_reference_between_guard_pages()
    {
        var optimised = Pipeline.Default.Run(Derivatives(), new()).Optimised;
        foreach (int n in (int[])[0, 1, 3, 4, 5, 7, 8, 9, 16, 31])
            foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            {
                using var run = new ContractionRun(optimised, new() { ["n"] = n }, atEnd: n % 2 == 0) { Width = width };
                Span<double> table = run.Of<double>(optimised.Inputs[0]), w = run.Of<double>(optimised.Inputs[2]);
                var at = run.Of<int>(optimised.Inputs[1]);
                for (int i = 0; i < table.Length; i++)
                    table[i] = i == 17 ? double.NaN : (i * 5 % 23 - 11) * 0.125;
                for (int i = 0; i < n; i++)
                    (at[i], w[i]) = (i * 3 % 5, i == 6 ? double.PositiveInfinity : i - 2.5);
                HostTensor[] arguments = [HostTensor.From(table.ToArray(), [5, 12]), HostTensor.From(at.ToArray(), [n]),
                    HostTensor.From(w.ToArray(), [n])];
                Assert.Equal(0, run.Run());
                foreach (var (expected, output) in Reference.Run(optimised, arguments).Zip(optimised.Outputs))
                    Assert.Equal(Bits(expected.ToArray<double>()), Bits(run.Of<double>(output.Value)));
                if (n == 0)
                    continue;
                run.Of<int>(optimised.Inputs[1])[n - 1] = 5;
                Assert.NotEqual(0, run.Run());
            }
    }

    private static long[] Bits(ReadOnlySpan<double> values)
    {
        var bits = new long[values.Length];
        for (int i = 0; i < bits.Length; i++)
            bits[i] = BitConverter.DoubleToInt64Bits(double.IsNaN(values[i]) ? double.NaN : values[i]);
        return bits;
    }
}
