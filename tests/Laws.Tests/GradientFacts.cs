using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>
/// Compiled derivatives against central differences of the
/// reference, against forward mode, and where slopes are infinite.
/// </summary>
public class GradientFacts
{
    public static TheoryData<OpCase> Cases => [.. OpCases.All.Where(c => c.Differentiable && c.DTypes.Contains(DType.Float64)
        && c.Operands.All(o => !o.Shape.Contains(0)))];   // the largest of nothing is infinite: it has no differences

    /// <summary>d/ds f(x + s t) . c at s = 0 is (J^T c) . t: central differences against reverse mode.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Reverse_mode_is_what_central_differences_say(OpCase op)
    {
        var at = new Direction(op);
        Running.AssertClose(at.Difference(at.Along("")), at.Compiled(at.Along("r")), 2e-6, $"{op}");
    }

    [Theory, MemberData(nameof(Cases))]
    public void Forward_mode_is_what_reverse_mode_says(OpCase op)
    {
        var at = new Direction(op);
        Running.AssertClose(at.Compiled(at.Along("r")), at.Compiled(at.Along("f")), 1e-11, $"{op}");
    }

    [Theory, MemberData(nameof(Cases))]
    public void Second_order_is_what_central_differences_of_the_first_say(OpCase op)
    {
        var at = new Direction(op);
        Running.AssertClose(at.Difference(at.Along("r")), at.Compiled(at.Along("rr")), 2e-5, $"{op}");
    }

    public static TheoryData<string> Compositions => [.. Functions.Keys];

    private static readonly Dictionary<string, Func<Node, Node>> Functions = new()
    {
        ["softmax"] = x => Sum(Softmax(x) * Sin(x)),
        ["layer norm"] = x => Sum(Tanh(LayerNorm(x, epsilon: 0.1)) * x),
        ["products"] = x => Sum(Tanh(MatMul(x, Transpose(x)))),
        ["log sum exp"] = x => LogSumExp(Exp(x * 0.3) * x),
        ["norm"] = x => Norm2(x + Sin(x * x)),
        ["gelu"] = x => Sum(Gelu(x) * Silu(x)),
    };

    [Theory, MemberData(nameof(Compositions))]
    public void Orders_one_to_three_of_compositions(string name)
    {
        Node x = Input("x", DType.Float64, [3, 4]), t = Input("t", DType.Float64, [3, 4]);
        var value = Functions[name](x);
        for (int order = 1; order <= 3; order++)
        {
            Node slope = Sum(Gradient.Of(value, [x])[0] * t);
            HostTensor[] data = [Running.Random(new Random(1), DType.Float64, [3, 4]),
                Running.Random(new Random(2), DType.Float64, [3, 4], -1, 1)];
            var (f, df) = (Running.Of([x, t], value), Running.Of([x, t], slope));
            double h = 1e-5, up = Running.Truth(f, Moved(data, h))[0].Scalar<double>(),
                down = Running.Truth(f, Moved(data, -h))[0].Scalar<double>();
            Running.AssertClose((up - down) / (2 * h), Running.Truth(df, data)[0], 1e-6, $"{name}, order {order}, op by op");
            Running.AssertClose(Running.Truth(df, data)[0], Running.Run(df, data, Running.At(VectorWidth.Scalar))[0],
                1e-6, $"{name}, order {order}\n{df.Compile().Explain()}");
            value = slope;
        }
    }

    public static TheoryData<string> Masked => [.. Guarded.Keys];

    // Finite where the mask is closed, at every order, though the slope of what is masked is infinite or NaN there.
    private static readonly Dictionary<string, Func<Node, Node>> Guarded = new()
    {
        ["sqrt"] = x => Where(x > 0, Sqrt(x), x * 0),
        ["log"] = x => Where(x > 0, Log(x), x * 0),
        ["reciprocal"] = x => Where(Equal(x, ZerosLike(x)), x * 0, 1 / x),
        ["power"] = x => Where(x > 0, Pow(x, 0.3), x * 0),
        ["rsqrt"] = x => Where(x > 0, Rsqrt(x), x * 0),
        ["sum of roots"] = x => Where(x > 0, Sum(Sqrt(Where(x > 0, x, OnesLike(x)))) * x, x * 0),
        ["through a view"] = x => Where(x > 0, Flip(Sqrt(Flip(x))), x * 0),
        ["clamped"] = x => Where(x > 0, Sqrt(Maximum(x, 0)), x * 0),
    };

    [Theory, MemberData(nameof(Masked))]
    public void Masked_infinite_slopes_stay_masked_at_orders_one_to_three(string name)
    {
        Node x = Input("x", DType.Float64, [5]);
        var values = new[] { 0.0, -1, 2, -0.0, 0.5 };
        Node value = Sum(Guarded[name](x));
        for (int order = 1; order <= 3; order++)
        {
            Node slope = Gradient.Of(value, [x])[0];
            foreach (var width in Running.Widths)
            {
                double[] got = Running.Run(Running.Of([x], slope), [values], Running.At(width))[0].Doubles();
                Assert.True(got.All(double.IsFinite), $"{name}, order {order}, {width}: {string.Join(" ", got)}");
            }
            value = Sum(slope);
        }
    }

    private static HostTensor[] Moved(HostTensor[] data, double h) =>
        [HostTensor.From(data[0].Doubles().Zip(data[1].Doubles(), (x, t) => x + h * t).ToArray(), data[0].Shape), data[1]];
}
