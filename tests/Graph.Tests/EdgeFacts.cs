using Adjoint.Tests;
using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Reference semantics where formulas break: NaN, infinities, signed zeros, ties, small and large arguments.</summary>
public class EdgeFacts
{
    private static readonly double Tiny = double.Epsilon;

    private static readonly Dictionary<string, EdgeCase> Maps = new(EdgeCases.All)
    {
        ["abs clears the sign of zero"] = new(x => Abs(x), [-0.0, -3, -Inf, NaN], [0, 3, Inf, NaN]),
        ["sign keeps zeros and NaN"] = new(x => Sign(x), [-0.0, 0, -7, Inf, NaN], [-0.0, 0, -1, 1, NaN]),
        ["negation flips the sign of zero"] = new(x => -x, [0, -0.0, Inf], [-0.0, 0, -Inf]),
        ["reciprocal of zeros"] = new(x => Reciprocal(x), [0, -0.0, Inf, -Inf], [Inf, -Inf, 0, -0.0]),
        ["sqrt"] = new(x => Sqrt(x), [0, -0.0, -1, Inf], [0, -0.0, NaN, Inf]),
        ["rsqrt"] = new(x => Rsqrt(x), [0, 4, Inf, -1], [Inf, 0.5, 0, NaN]),
        ["exp"] = new(x => Exp(x), [0, -Inf, Inf, 710, -800, NaN], [1, 0, Inf, Inf, 0, NaN]),
        ["expm1 keeps small arguments"] = new(x => Expm1(x), [1e-20, -0.0, -Inf, Inf, -50, NaN], [1e-20, -0.0, -1, Inf, -1, NaN]),
        ["log"] = new(x => Log(x), [1, 0, -0.0, -1, Inf], [0, -Inf, -Inf, NaN, Inf]),
        ["log1p keeps small arguments"] = new(x => Log1p(x), [1e-20, -0.0, -1, -2, Inf, Tiny], [1e-20, -0.0, -Inf, NaN, Inf, Tiny]),
        ["tanh saturates"] = new(x => Tanh(x), [-Inf, Inf, -0.0, 50], [-1, 1, -0.0, 1]),
        ["sigmoid keeps small results"] = new(x => Sigmoid(x), [0, Inf, -Inf, -700], [0.5, 1, 0, Math.Exp(-700)]),
        ["erf saturates"] = new(x => Erf(x), [0, -0.0, 7, -Inf, Inf, NaN], [0, -0.0, 1, -1, 1, NaN]),
        ["softplus does not overflow"] = new(x => Softplus(x), [1000, -1000, Inf, -Inf], [1000, 0, Inf, 0]),
        ["log-sigmoid does not underflow"] = new(x => LogSigmoid(x), [-1000, Inf], [-1000, -0.0]),
        ["relu lets NaN pass"] = new(x => Relu(x), [-1, 2, NaN, -Inf], [0, 2, NaN, 0]),
        ["floor, also of negatives"] = new(x => Floor(x), [-0.3, 2.7, -0.0, Inf], [-1, 2, -0.0, Inf]),
        ["ceiling of -0.3 is -0"] = new(x => Ceiling(x), [-0.3, 2.1], [-0.0, 3]),
        ["round half to even"] = new(x => Round(x), [0.5, 1.5, 2.5, -0.5, -2.5], [0, 2, 2, -0.0, -2]),
        ["classes"] = new(x => Convert(IsNaN(x), DType.Float64) + 2 * Convert(IsInfinite(x), DType.Float64)
            + 4 * Convert(IsFinite(x), DType.Float64),
            [NaN, Inf, -Inf, 0, 1e308], [1, 2, 2, 4, 4]),
        ["conversion truncates and saturates"] = new(x => Convert(Convert(x, DType.Int32), DType.Float64),
            [2.9, -2.9, 1e10, -1e10, NaN], [2, -2, int.MaxValue, int.MinValue, 0]),
        ["NaN is not equal to itself"] = new(x => Convert(NotEqual(x, x), DType.Float64), [NaN, 0, Inf], [1, 0, 0]),
        ["zeros are equal"] = new(x => Convert(Equal(x, -x), DType.Float64), [0, -0.0, 1], [1, 1, 0]),
        ["NaN is in no order"] = new(x => Convert(Or(x < 0, x >= 0), DType.Float64), [NaN, -1, 1], [0, 1, 1]),
        ["NaN wins a maximum, +0 is larger than -0"] = new(x => Maximum(x, -0.0), [NaN, 0, -0.0, -1], [NaN, 0, -0.0, -0.0]),
        ["NaN wins a minimum, -0 is smaller than +0"] = new(x => Minimum(x, 0), [NaN, 0, -0.0, 1], [NaN, 0, -0.0, 0]),
        ["clamp lets NaN pass"] = new(x => Clamp(x, -1, 1), [NaN, -2, 2, 0.5], [NaN, -1, 1, 0.5]),
        ["clamp between crossed bounds is the upper one"] = new(x => Clamp(x, 1, -1), [-5, 0, 5], [-1, -1, -1]),
        ["pow of zero"] = new(x => Pow(0.0, x), [0, -0.0, 2, -1, NaN], [1, 1, 0, Inf, NaN]),
        ["zeroth power"] = new(x => Pow(x, 0.0), [NaN, 0, Inf, -3], [1, 1, 1, 1]),
        ["a whole power of negatives"] = new(x => Pow(x, 3), [-2, -0.0, -Inf], [-8, -0.0, -Inf]),
        ["sums keep the order of infinities"] = new(x => Sum(x), [Inf, -Inf, 1], [NaN]),
    };

    public static TheoryData<string> EveryMap() => [.. Maps.Keys];

    [Theory, MemberData(nameof(EveryMap))]
    public void Values_at_edges(string name) => AssertClose(Maps[name].Y, Eval(Maps[name].F, Maps[name].X), 1e-15);

    [Theory, MemberData(nameof(EveryMap))]
    public void Zeros_have_the_right_sign(string name) => Assert.Equal(
        Maps[name].Y.Where(y => y == 0).Select(double.IsNegative),
        Eval(Maps[name].F, Maps[name].X).Where(y => y == 0).Select(double.IsNegative));

    /// <summary>Published values, to 16 digits: Abramowitz and Stegun, table 7.1; the others by series.</summary>
    [Theory]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(1e-10, 1.1283791670955126e-10)]
    public void Erf_has_its_published_values(double x, double y) => AssertClose([y / y], [Precise.Erf(x) / y], 1e-15);

    [Theory]
    [InlineData(1e-10, 9.9999999995e-11, 1.00000000005e-10)]
    [InlineData(-1e-5, -1.0000050000333336e-05, -9.999950000166666e-06)]
    [InlineData(0.5, 0.4054651081081644, 0.6487212707001282)]
    public void Log1p_and_expm1_keep_their_digits(double x, double log1p, double expm1) =>
        AssertClose([1, 1], [Precise.Log1p(x) / log1p, Precise.Expm1(x) / expm1], 4e-16);

    [Theory]
    [InlineData("int32", int.MinValue)]
    [InlineData("int64", long.MinValue)]
    public void The_most_negative_integer_has_no_absolute_value(string dtype, long least)
    {
        var x = Input("x", DType.All.Single(d => d.Name == dtype), [1]);
        HostTensor value = dtype == "int32" ? new[] { (int)least } : new[] { least };
        Assert.Equal(value.Bytes.ToArray(), Eval(Abs(x), (x, value)).Bytes.ToArray());
        Assert.Equal(value.Bytes.ToArray(), Eval(-x, (x, value)).Bytes.ToArray());
    }

    /// <summary>The largest integers wrap around; what zero divides is named at each op.</summary>
    public static TheoryData<string, int[], int[], int[]> Integers => new()
    {
        { "add", [int.MaxValue, int.MinValue], [1, -1], [int.MinValue, int.MaxValue] },
        { "multiply", [int.MinValue, 1 << 16], [-1, 1 << 16], [int.MinValue, 0] },
        { "remainder", [-7, 7, int.MinValue, 5, 0], [3, -3, -1, 0, -3], [2, -2, 0, 5, 0] },
        { "fmod", [-7, 7, int.MinValue, 5], [3, -3, -1, 0], [-1, 1, 0, 5] },
        { "floor-divide", [-7, 7, int.MinValue, 5], [2, -2, -1, 0], [-4, -4, int.MinValue, 0] },
    };

    [Theory, MemberData(nameof(Integers))]
    public void Integers_wrap_and_divide_as_stated(string op, int[] a, int[] b, int[] expected)
    {
        Node x = Input("a", DType.Int32, [a.Length]), y = Input("b", DType.Int32, [b.Length]);
        Node result = op switch { "add" => x + y, "multiply" => x * y, "remainder" => Remainder(x, y),
            "fmod" => Fmod(x, y), _ => FloorDivide(x, y) };
        Assert.Equal(expected, Eval(result, (x, a), (y, b)).ToArray<int>());
    }

    [Fact]
    public void Integer_sums_and_products_wrap_and_of_nothing_are_neutral()
    {
        Node x = Input("x", DType.Int32, [2]), nothing = Slice(x, 0, 0, 0);
        int Of(Node y) => Eval(y, (x, new[] { int.MaxValue, 2 })).Scalar<int>();
        Assert.Equal((int.MinValue + 1, -2), (Of(Sum(x)), Of(Product(x))));
        Assert.Equal((0, 1, int.MinValue, int.MaxValue), (Of(Sum(nothing)), Of(Product(nothing)), Of(Max(nothing)), Of(Min(nothing))));
    }

    [Fact]
    public void Integers_divide_toward_zero_and_by_zero_to_zero()
    {
        Node a = Input("a", DType.Int32, [5]), b = Input("b", DType.Int32, [5]);
        var y = Eval(a / b, (a, new[] { 7, -7, 7, 5, int.MinValue }), (b, new[] { 2, 2, -2, 0, -1 }));
        Assert.Equal([3, -3, -3, 0, int.MinValue], y.ToArray<int>());
    }
}
