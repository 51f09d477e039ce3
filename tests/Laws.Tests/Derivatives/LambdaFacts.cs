using System.Linq.Expressions;

namespace Adjoint.Laws;

/// <summary>A lambda and the computation that it becomes give the same numbers, and derivatives that differences confirm.</summary>
public class LambdaFacts
{
    private const double Field = 1.75;

    private static readonly double[] Points = [-3.7, -2, -1.5, -1, -0.6, -0.0, 0.3, 0.5, 1, 1.25, 2.5, 4];

    public static TheoryData<string> Doubles => [.. Functions.Keys];

    private static readonly Dictionary<string,
        Expression<Func<double, double, double>>> Functions = new Expression<Func<double, double, double>>[]
    {
        (x, y) => Math.Exp(x) * y + 1, (x, y) => x - y / (x * x + 2), (x, y) => x % y, (x, y) => -x + +y,
        (x, y) => Math.Abs(x) + Math.Sign(x) * y, (x, y) => Math.Sin(x) + Math.Cos(y) * Math.Tan(x / 4),
        (x, y) => Math.Asin(x / 5) + Math.Acos(y / 5) + Math.Atan(x),
        (x, y) => Math.Sinh(x) + Math.Cosh(y) - Math.Tanh(x), (x, y) => Math.Asinh(x) + Math.Acosh(5 + y) + Math.Atanh(x / 5),
        (x, y) => Math.Atan2(x, y), (x, y) => Math.Cbrt(x) + Math.Sqrt(y * y + 1),
        (x, y) => Math.Log(x * x + 1) + Math.Log2(x * x + 1) - Math.Log10(y * y + 1),
        (x, y) => Math.Log(x * x + 2, 3), (x, y) => Math.Pow(x * x + 1, y), (x, y) => Math.Pow(x, 3),
        (x, y) => Math.Max(x, y) - Math.Min(x, y),
        (x, y) => Math.Floor(x) + Math.Ceiling(x) + Math.Round(x) + Math.Truncate(x),
        (x, y) => Math.Round(x, MidpointRounding.AwayFromZero) + Math.Round(y, MidpointRounding.ToZero),
        (x, y) => Math.IEEERemainder(x, y), (x, y) => Math.CopySign(x, y), (x, y) => Math.Clamp(x, -1, 1),
        (x, y) => Math.FusedMultiplyAdd(x, y, x),
        (x, y) => Math.MaxMagnitude(x, y) + Math.MinMagnitude(x, y), (x, y) => Math.ScaleB(x, 3),
        (x, y) => double.Hypot(x, y) + double.Exp(x),
        (x, y) => x > y ? x * x : y, (x, y) => x > 0 && y > 0 || !(x < y) ? 1 : 2, (x, y) => x == y | x != 1 & y >= 2 ^ x <= 0 ? x : y,
        (x, y) => Math.PI * x + Math.E + Field, (x, y) => (float)x + (int)y, (x, y) => (long)(x * 100) / 7 + (int)(y * 10) % 3,
        (x, y) => double.IsNaN(x / y - x / y) ? 0 : 1,
    }.ToDictionary(f => f.Body.ToString());

    [Theory, MemberData(nameof(Doubles))]
    public void Values_are_those_of_the_lambda(string body)
    {
        var (lambda, compiled) = (Functions[body].Compile(), Computation.From(Functions[body]).Compile<Func<double, double, double>>());
        foreach (double x in Points)
            foreach (double y in Points)
            {
                var (expected, got) = (lambda(x, y), compiled(x, y));
                Assert.True(expected.Equals(got) || Math.Abs(expected - got) <= 4e-15 * Math.Max(1, Math.Abs(expected)),
                    $"{body} at ({x}, {y}): {expected:R}, got {got:R}");
            }
    }

    [Fact]
    public void Whole_numbers_divide_toward_zero_wrap_and_mix_bits()
    {
        Expression<Func<int, int, int>> f = (a, b) => a / b * 1000 + a % b + (a & b) - (a | b) + (a ^ b) * ~a + int.MaxValue * a;
        var compiled = Computation.From(f).Compile<Func<int, int, int>>();
        foreach (int a in (int[])[-7, -1, 0, 3, 12])
            foreach (int b in (int[])[-5, -1, 2, 7])
                Assert.Equal(f.Compile()(a, b), compiled(a, b));
    }

    [Fact]
    public void Parameters_of_every_type_and_captured_numbers()
    {
        float scale = 2.5f;
        double[] table = [1, 10, 100];
        var f = Computation.From((float a, long n, bool negative) => (negative ? -a : a) * scale + (float)table[1] + n);
        Assert.Equal(-1.5f * 2.5f + 10 + 4, f.Compile<Func<float, long, bool, float>>()(1.5f, 4, true));
        Assert.Equal(["a", "n", "negative"], f.Inputs.Select(i => ((InputOp)i.Op).Key));
    }

    [Fact]
    public void Arrays_have_elements_by_number_and_by_computed_position_and_a_length()
    {
        var f = Computation.From((double[] v, double[,] m, int i) => v[0] * v[i] + m[1, i] + v.Length).Compile();
        Assert.Equal(2 * 5 + 8 + 3, f.Run([new double[] { 2, 3, 5 }, new double[,] { { 1, 2, 3 }, { 6, 7, 8 } }, 2])[0].Scalar<double>());
        Assert.Throws<ComputationException>(() => f.Run([new double[] { 2, 3, 5 }, new double[,] { { 1, 2, 3 }, { 6, 7, 8 } }, 3]));
        double[] table = [2, 3, 5];
        Assert.Equal(8, Computation.From((int i) => table[i] + table[i - 1]).Compile<Func<int, double>>()(2));
    }

    [Fact]
    public void Several_results_come_in_arrays_tuples_and_anonymous_objects()
    {
        Assert.Equal(2, Computation.From((double x) => new[] { x, x * x }).Outputs.Length);
        Assert.Equal(2, Computation.From((double x, int n) => Tuple.Create(x, n)).Outputs.Length);
        Assert.Equal(2, Computation.From((double x, int n) => ValueTuple.Create(x, n)).Outputs.Length);
        Assert.Equal(["Sum", "Product"],
            Computation.From((double x, double y) => new { Sum = x + y, Product = x * y }).Outputs.Select(o => o.Name));
    }

    [Fact]
    public void Other_lambdas_may_be_called()
    {
        Expression<Func<double, double>> square = x => x * x;
        Assert.Equal(34, Computation.From((double a, double b) =>
            square.Compile()(a) + square.Compile()(b)).Compile<Func<double, double, double>>()(3, 5));
    }

    [Fact]
    public void Derivatives_of_a_lambda_are_nodes_like_any_others()
    {
        var f = Computation.From((double x, double y) => x > 0 ? Math.Sqrt(x) * y : 0);
        var g = new Computation(f.Inputs.AsSpan(),
            [.. Gradient.Of(f.Outputs[0].Value, f.Inputs.AsSpan()).Select(n => (Output)n)]).Compile();
        (double, double) Slopes(double x, double y) => g.Run([x, y]) is var r ? (r[0].Scalar<double>(), r[1].Scalar<double>()) : default;
        Assert.Equal((0.75, 2.0), Slopes(4, 3));
        Assert.Equal((0.0, 0.0), Slopes(0, 3));
        Assert.True(GradientCheck.Run(f, [2.0, 3.0]).Passed);
    }

    [Fact]
    public void Pairs_digits_neighbours_and_exponents()
    {
        int digits = 2;
        Expression<Func<double, double, double>> f = (x, y) =>
            Math.SinCos(x).Sin * Math.SinCos(y).Cos + Math.Round(x, digits) + Math.Round(y, 1, MidpointRounding.AwayFromZero);
        Expression<Func<double, double>> up = x => Math.BitIncrement(x), down = x => Math.BitDecrement(x);
        Expression<Func<double, int>> exponent = x => Math.ILogB(x);
        Expression<Func<int, int, long>> whole = (a, b) =>
            Math.BigMul(a, b) + Math.DivRem(a, b).Quotient * 10 + Math.DivRem(a, b).Remainder;
        Assert.Equal(f.Compile()(0.1253, 2.25), Computation.From(f).Compile<Func<double, double, double>>()(0.1253, 2.25), 14);
        Assert.Equal(f.Compile()(-3e17, 7), Computation.From(f).Compile<Func<double, double, double>>()(-3e17, 7), 1e-6 * 3e17);
        Assert.Equal(whole.Compile()(-70000, 30011), Computation.From(whole).Compile<Func<int, int, long>>()(-70000, 30011));
        var (next, last, power) = (Computation.From(up).Compile<Func<double, double>>(),
            Computation.From(down).Compile<Func<double, double>>(),
            Computation.From(exponent).Compile<Func<double, int>>());
        foreach (double x in (double[])[0, -0.0, 1, -1, 0.1, 1e300, -1e-300, 8, 7.999999999999999, double.Epsilon,
            -double.Epsilon, double.MaxValue,
            double.PositiveInfinity, double.NegativeInfinity, double.NaN])
        {
            Assert.Equal(Math.BitIncrement(x), next(x));
            Assert.Equal(Math.BitDecrement(x), last(x));
            Assert.Equal(Math.ILogB(x), power(x));
        }
    }

    public static TheoryData<string, LambdaExpression> Refused => new()
    {
        { "ToString", (double x) => double.Parse(x.ToString()) },
        { "'Foreign(x)' calls LambdaFacts.Foreign", (double x) => Foreign(x) },
        { "compiled delegate", (double x) => Delegate(x) },
        { "checked", (int x) => checked(x + 1) },
        { "Decimal", (double x) => (double)(decimal)x },
        { "parameter 's' is String", (string s) => s.Length },
        { "NextDouble", (double x) => x + Random.Shared.NextDouble() },
        { "Round", (double x, int n) => Math.Round(x, n) },
    };

    private static readonly Func<double, double> Delegate = x => x;

    private static double Foreign(double x) => x;

    [Theory, MemberData(nameof(Refused))]
    public void What_has_no_op_is_quoted_with_a_way_out(string said, LambdaExpression lambda)
    {
        string message = Assert.Throws<GraphException>(() => Computation.From(lambda)).Message;
        Assert.True(message.Contains(said, StringComparison.Ordinal), message);
    }
}
