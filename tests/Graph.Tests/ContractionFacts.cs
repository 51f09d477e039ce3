using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Einstein sums against the sum they stand for, and norms at their edges.</summary>
public class ContractionFacts
{
    /// <summary>Every label runs over its extent; each assignment adds the product of one element per operand.</summary>
    [Theory]
    [InlineData("ij,jk->ik")]
    [InlineData("ik,ikj->j")]
    [InlineData("iij,j->i")]
    [InlineData("ij,kl->lj")]
    [InlineData("ab,bc,cd,da->ac")]
    [InlineData("abc,bd,acd->d")]
    [InlineData("ai,bi,ci,di,ei,fi,gi,hi,ki->i")]
    [InlineData("aa,a,a->")]
    public void An_einsum_is_a_sum_of_products(string equation)
    {
        string[] sides = equation.Split("->"), terms = sides[0].Split(',');
        var extents = terms.SelectMany(t => t).Distinct().Select((c, i) => (c, n: 2L + i % 2)).ToDictionary(p => p.c, p => p.n);
        long[] ShapeOf(string term) => [.. term.Select(c => extents[c])];
        var random = new Random(3);
        var inputs = terms.Select((t, i) => Input($"x{i}", DType.Float64, Shape.Of(ShapeOf(t).Select(Dim.Of)))).ToArray();
        HostTensor[] values = [.. terms.Select(t =>
            HostTensor.From(Enumerable.Range(0, (int)ShapeOf(t).Aggregate(1L, (a, b) => a * b))
                .Select(_ => random.NextDouble()).ToArray(), ShapeOf(t)))];
        double[] expected = new double[ShapeOf(sides[1]).Aggregate(1L, (a, b) => a * b)];
        char[] labels = [.. extents.Keys];
        long[] all = [.. labels.Select(c => extents[c])];
        for (int i = 0; i < all.Aggregate(1L, (a, b) => a * b); i++)
        {
            var at = Elements(i, all);
            int Position(string term) => (int)term.Aggregate(0L, (p, c) => p * extents[c] + at[Array.IndexOf(labels, c)]);
            expected[Position(sides[1])] += terms.Select((t, k) => Doubles(values[k])[Position(t)]).Aggregate(1.0, (a, b) => a * b);
        }
        AssertClose(expected, Doubles(Eval(Einsum(equation, inputs), [.. inputs.Zip(values)])), 1e-14);
    }

    private static long[] Elements(long i, long[] shape)
    {
        var at = new long[shape.Length];
        for (int a = shape.Length - 1; a >= 0; a--)
            (i, at[a]) = Math.DivRem(i, shape[a]);
        return at;
    }

    /// <summary>A chain whose first product is huge is multiplied from its end: no value is larger than the operands.</summary>
    [Fact]
    public void Operands_meet_in_the_order_of_least_work()
    {
        Node[] x = [Input("a", DType.Float64, [100, 2]), Input("b", DType.Float64, [2, 100]), Input("c", DType.Float64, [100])];
        var body = Einsum("ij,jk,k->i", x).Op.Bodies[0];
        Assert.All(body.Applies.SelectMany(a => a.Results), r => Assert.True(r.Shape.ElementCount.Constant <= 200, r.ToString()));
    }

    [Theory, InlineData("ij,jk"), InlineData("ij->k"), InlineData("ij->ii"), InlineData("i"), InlineData("ijk"),
        InlineData("i1"), InlineData("ij->i->j"), InlineData("ij...k")]
    public void An_equation_that_does_not_fit_is_refused(string equation) =>
        Assert.Contains("einsum", Assert.Throws<GraphException>(() =>
            Einsum(equation, [Input("x", DType.Float64, [3, 4])])).Message, StringComparison.Ordinal);

    private static readonly Dictionary<string, (Func<Node, Node> F, double[] X, double[] Y)> Rows = new()
    {
        ["the length of huge numbers"] = (x => Norm2(x), [3e200, 4e200], [5e200]),
        ["the length of tiny numbers"] = (x => Norm2(x), [3e-200, 4e-200], [5e-200]),
        ["the length with an infinity"] = (x => Norm2(x), [3, -Inf], [Inf]),
        ["the length with NaN"] = (x => Norm2(x), [3, NaN], [NaN]),
        ["the length of nothing"] = (x => Norm2(x), [], [0]),
        ["a cubic norm"] = (x => Norm(x, 3), [3, -4, 5], [6]),
        ["a cubic norm of huge numbers"] = (x => Norm(x, 3), [3e200, -4e200, 5e200], [6e200]),
        ["a norm of zeros"] = (x => Norm(x, 3), [0, -0.0], [0]),
        ["the largest absolute value"] = (x => Norm(x, Inf), [3, -4], [4]),
        ["the logarithm of a sum"] = (x => LogSum(x), [1, 2, 3], [Math.Log(6)]),
        ["the logarithm of nothing"] = (x => LogSum(x), [], [-Inf]),
        ["the last of equal elements"] = (x => Convert(ArgMax(x, last: true), DType.Float64), [1, 7, 7, 2], [2]),
        ["the last NaN"] = (x => Convert(ArgMin(x, last: true), DType.Float64), [NaN, 7, NaN, -2], [2]),
        ["blocks"] = (x => Reshape(Kronecker(x, Constant(new[] { 1.0, 10 })), [4]), [1, 2], [1, 10, 2, 20]),
    };

    public static TheoryData<string> EveryRow() => [.. Rows.Keys];

    [Theory, MemberData(nameof(EveryRow))]
    public void Values_at_edges(string name) => AssertClose(Rows[name].Y, Eval(Rows[name].F, Rows[name].X), 1e-15);

    /// <summary>Slopes at the zero vector are 0, also of roots that are infinitely steep there; huge vectors keep theirs.</summary>
    [Theory, InlineData(0.5), InlineData(1), InlineData(2), InlineData(3), InlineData(double.PositiveInfinity)]
    public void Norms_are_flat_at_the_zero_vector(double p)
    {
        var x = Input("x", DType.Float64, [2]);
        var slope = Sweep.Pullback(Sweep.Inline(Norm(x, p), [x]), [x], Scalar(DType.Float64, 1))[0]!;
        AssertClose([0, 0], Doubles(Eval(slope, (x, new double[2]))), 0);
        Assert.All(Doubles(Eval(slope, (x, new[] { 3e300, -4e300 }))), s => Assert.True(double.IsFinite(s)));
    }
}
