namespace Adjoint.Graph.Tests;

/// <summary>
/// Extents are polynomials over symbols and floor divisions, in
/// a normal form: laws of a commutative ring, and of division.
/// </summary>
public class DimFacts
{
    private static readonly Dim N = "n", M = "m", K = "k";
    private static readonly Dim[] Some = [0, 1, 3, -2, N, M, N + 1, N * M, 2 * N - 3 * K, N * N + M,
        Dim.FloorDivide(N, 2), Dim.FloorDivide(N + M, K + 1)];

    public static TheoryData<int, int, int> Triples()
    {
        var data = new TheoryData<int, int, int>();
        var random = new Random(1);
        for (int i = 0; i < 60; i++)
            data.Add(random.Next(Some.Length), random.Next(Some.Length), random.Next(Some.Length));
        return data;
    }

    [Theory, MemberData(nameof(Triples))]
    public void Sums_and_products_form_a_commutative_ring(int i, int j, int k)
    {
        var (a, b, c) = (Some[i], Some[j], Some[k]);
        Assert.Equal(a + b, b + a);
        Assert.Equal(a * b, b * a);
        Assert.Equal(a + b + c, a + (b + c));
        Assert.Equal(a * b * c, a * (b * c));
        Assert.Equal(a * (b + c), a * b + a * c);
        Assert.Equal(Dim.Zero, a - a);
        Assert.Equal(a, a * Dim.One);
        Assert.Equal((a + b).GetHashCode(), (b + a).GetHashCode());
    }

    /// <summary>Normal form and arithmetic of numbers agree for every binding.</summary>
    [Theory, MemberData(nameof(Triples))]
    public void Evaluation_is_a_homomorphism(int i, int j, int k)
    {
        var (a, b, c) = (Some[i], Some[j], Some[k]);
        foreach (var (n, m, l) in new[] { (1L, 2L, 3L), (7, 5, 2), (12, 1, 4) })
        {
            var at = new Dictionary<string, long> { ["n"] = n, ["m"] = m, ["k"] = l };
            var (x, y, z) = (a.Evaluate(at), b.Evaluate(at), c.Evaluate(at));
            Assert.Equal(x * y - z, (a * b - c).Evaluate(at));
            if (y != 0 && b != Dim.Zero)
                Assert.Equal((long)Math.Floor((double)x / y), Dim.FloorDivide(a, b).Evaluate(at));
        }
    }

    [Fact]
    public void Exact_quotients_cancel()
    {
        Assert.Equal(3 * M, Dim.FloorDivide(6 * N * M, 2 * N));
        Assert.Equal(N + 2, Dim.FloorDivide(3 * N + 6, 3));
        Assert.Equal(Dim.One, Dim.FloorDivide(N + M, M + N));
        Assert.Equal(Dim.FloorDivide(N, 2), Dim.FloorDivide(N, 2));
        Assert.NotEqual(N, 2 * Dim.FloorDivide(N, 2));
    }

    [Theory, InlineData(7, 2, 3), InlineData(-7, 2, -4), InlineData(7, -2, -4), InlineData(-7, -2, 3),
        InlineData(6, 3, 2), InlineData(0, 5, 0)]
    public void Division_of_numbers_rounds_toward_minus_infinity(long a, long b, long quotient) =>
        Assert.Equal(Dim.Of(quotient), Dim.FloorDivide(a, b));

    [Fact]
    public void Division_by_the_number_zero_throws() => Assert.Throws<DivideByZeroException>(() => Dim.FloorDivide(N, 0));

    [Fact]
    public void A_linear_extent_can_be_solved_for_its_symbol()
    {
        Assert.True((2 * N + 1).TrySolve(9, out string symbol, out long value));
        Assert.Equal(("n", 4), (symbol, value));
        Assert.False((2 * N + 1).TrySolve(8, out _, out _));
        Assert.False((N * M).TrySolve(6, out _, out _));
    }

    [Fact]
    public void What_is_plainly_natural_is_so_whatever_the_symbols_are()
    {
        Dim part = Dim.FloorDivide(N + 31, 32), nested = Dim.FloorDivide(part + 3, 4);
        Dim[] natural = [0, 3 + N * M, part + 1, N + 31 - part, 8824 + 440 * N - 4 * part, 1 + 2 * N - nested,
            part * 2 - Dim.FloorDivide(part, 2) + N + 31];
        Dim[] others = [-1, N - 1, part - N, N - part, 1 - part, N - M * part, Dim.FloorDivide(N - 5, 3), 2 * part - N];
        Assert.All(natural, d => Assert.True(d.IsPlainlyNatural, d.ToString()));
        Assert.All(others, d => Assert.False(d.IsPlainlyNatural, d.ToString()));
        for (long n = 0; n < 200; n++)
            Assert.All(natural, d => Assert.True(d.Evaluate(new Dictionary<string, long> { ["n"] = n, ["m"] = n % 7, ["k"] = 1 }) >= 0, $"{d} at {n}"));
    }

    [Fact]
    public void Text_is_the_normal_form() => Assert.Equal(["1 - 2*k + 3*n", "k*n", "((n) // (2))", "0"],
        new[] { 1 + 3 * N - 2 * K, N * K, Dim.FloorDivide(N, 2), N - N }.Select(d => d.ToString()));
}
