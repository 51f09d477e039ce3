using System.Globalization;
using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>
/// Compiled special functions against tables of published values,
/// in both float types, and their slopes where a table holds them.
/// </summary>
public class SpecialFunctionFacts
{
    private const double Normal32 = 1.2e-38, Normal64 = 2.3e-308;

    /// <summary>
    /// Function, table, columns of arguments and value (from 0), bound on the
    /// relative error in float64, and what is allowed next to zeros of the function.
    /// </summary>
    public static TheoryData<string, string, int[], int, double, double> Tables => new()
    {
        { "erf", "erf_data", [0], 1, 1e-15, 0 }, { "erf", "erf_small_data", [0], 1, 1e-15, 0 },
            { "erf", "erf_large_data", [0], 1, 1e-15, 0 },
        { "erfc", "erf_data", [0], 2, 1e-15, 0 }, { "erfc", "erf_small_data", [0], 2, 1e-15, 0 },
        { "erfc", "erf_large_data", [0], 2, 1e-15, 0 },
        { "erfinv", "erf_inv_data", [0], 1, 1e-15, 0 }, { "erfcinv", "erfc_inv_data", [0], 1, 1e-15, 0 },
        { "erfcinv", "erfc_inv_big_data", [0], 1, 1e-15, 0 },
        { "log1p", "log1p_expm1_data", [0], 1, 1e-15, 0 }, { "expm1", "log1p_expm1_data", [0], 2, 1e-15, 0 },
        { "cbrt", "cbrt_data", [1], 0, 1e-15, 0 },
        { "gamma", "factorials", [0], 1, 1e-15, 0 }, { "gamma", "near_0", [0], 1, 1e-15, 0 },
        { "gamma", "near_1", [0], 1, 1e-15, 0 }, { "gamma", "near_2", [0], 1, 1e-15, 0 },
        { "gamma", "near_m10", [0], 1, 1e-15, 0 }, { "gamma", "near_m55", [0], 1, 1e-15, 0 },
        { "log-gamma", "factorials", [0], 2, 1e-15, 0 }, { "log-gamma", "near_0", [0], 2, 1e-15, 0 },
        { "log-gamma", "near_1", [0], 2, 1e-15, 0 }, { "log-gamma", "near_2", [0], 2, 1e-15, 0 },
        { "log-gamma", "near_m10", [0], 2, 1e-14, 0 }, { "log-gamma", "near_m55", [0], 2, 1e-14, 0 },
        { "digamma", "digamma_data", [0], 1, 1e-15, 0 }, { "digamma", "digamma_root_data", [0], 1, 1e-15, 0 },
        { "digamma", "digamma_small_data", [0], 1, 1e-15, 0 },
        { "digamma", "digamma_neg_data", [0], 1, 2e-13, 0 }, { "zeta", "zeta_data", [0], 1, 1e-15, 0 },
        { "sinc", "sinc_data", [0], 1, 1e-15, 0 },
        { "gamma-inc", "igamma_small_data", [0, 1], 5, 1e-14, 0 }, { "gamma-inc-c", "igamma_small_data", [0, 1], 3, 1e-14, 0 },
        { "gamma-inc", "igamma_int_data", [0, 1], 5, 1e-14, 0 }, { "gamma-inc-c", "igamma_int_data", [0, 1], 3, 1e-14, 0 },
        { "beta-inc", "ibeta_small_data", [0, 1, 2], 5, 1e-15, 0 },
    };

    private static readonly Dictionary<string, Func<Node[], Node>> Functions = new()
    {
        ["erf"] = x => Erf(x[0]), ["erfc"] = x => Erfc(x[0]), ["erfinv"] = x => Erfinv(x[0]),
            ["erfcinv"] = x => Erfcinv(x[0]), ["log1p"] = x => Log1p(x[0]),
        ["expm1"] = x => Expm1(x[0]), ["cbrt"] = x => Cbrt(x[0]), ["gamma"] = x => Gamma(x[0]),
        ["log-gamma"] = x => LogGamma(x[0]), ["digamma"] = x => Digamma(x[0]),
        ["zeta"] = x => Zeta(x[0]), ["sinc"] = x => Sinc(x[0], normalised: false),
        ["gamma-inc"] = x => GammaInc(x[0], x[1]), ["gamma-inc-c"] = x => GammaIncC(x[0], x[1]),
        ["beta-inc"] = x => BetaInc(x[0], x[1], x[2]), ["i0"] = x => BesselI0(x[0]), ["i1"] = x => BesselI1(x[0]),
        ["i0e"] = x => BesselI0e(x[0]), ["i1e"] = x => BesselI1e(x[0]),
    };

    [SkippableTheory, MemberData(nameof(Tables))]
    public void Compiled_functions_have_their_published_values(string function, string table, int[] arguments,
        int value, double bound, double near) =>
        Check(function, DType.Float64, Rows(table), arguments, row => row[value], bound, near);

    /// <summary>Rows whose arguments float32 holds, to 4 units of the last place: the value rounded, and 3 more.</summary>
    [SkippableTheory, MemberData(nameof(Tables))]
    public void So_they_have_in_float32(string function, string table, int[] arguments, int value, double bound, double near) =>
        Check(function, DType.Float32,
            [.. Rows(table).Where(r => arguments.All(a => r[a] == (float)r[a] && Math.Abs(r[value]) < float.MaxValue))],
            arguments, row => row[value], 4 * Math.ScaleB(1, -23), near + bound);

    [SkippableTheory, InlineData(0, "i0", false), InlineData(1, "i1", false), InlineData(0, "i0e", true), InlineData(1, "i1e", true)]
    public void Bessel_functions_have_their_published_values(int order, string function, bool scaled)
    {
        double[][] rows = [.. Rows("bessel_i_int_data")
            .Where(r => Math.Abs(r[0]) == order && double.IsFinite(r[2]) && !(scaled && r[2] > 1e300))];
        Check(function, DType.Float64, rows, [1], r => scaled ? r[2] * Math.Exp(-Math.Abs(r[1])) : r[2], scaled ? 3e-15 : 1e-14, 0);
    }

    /// <summary>
    /// d log Γ = ψ and d Γ = Γ ψ over the tables of ψ; d erf =
    /// 2/√π e^-x² and its inverse's reciprocal over those of erf.
    /// </summary>
    [SkippableTheory, InlineData("log-gamma", "digamma_data", 2e-15),
        InlineData("log-gamma", "digamma_neg_data", 2e-13), InlineData("log-gamma", "digamma_root_data", 2e-15)]
    public void The_slope_of_log_gamma_is_the_table_of_digamma(string function, string table, double bound) =>
        Check(function, DType.Float64, Rows(table), [0], r => r[1], bound, 0, slope: true);

    [SkippableTheory, InlineData("erf", "erf_data", 1), InlineData("erfc", "erf_large_data", -1)]
    public void The_slope_of_the_error_function_is_a_density(string function, string table, int sign) =>
        Check(function, DType.Float64, Rows(table), [0], r => sign * 2 / Math.Sqrt(Math.PI) * Math.Exp(-r[0] * r[0]),
            1e-14, 0, slope: true);

    [SkippableFact]
    public void The_slope_of_the_inverse_is_the_inverse_slope() =>
        Check("erfinv", DType.Float64, Rows("erf_inv_data"), [0], r => Math.Sqrt(Math.PI) / 2 * Math.Exp(r[1] * r[1]),
            1e-14, 0, slope: true);

    /// <summary>Poles, ends of domains, infinities and NaN.</summary>
    [Theory]
    [InlineData("gamma", new[] { 0.0, -0.0, -1, 171, 172, double.NegativeInfinity },
        new[] { double.PositiveInfinity, double.NegativeInfinity, double.NaN, 7.257415615307994e306, double.PositiveInfinity, double.NaN })]
    [InlineData("log-gamma", new[] { 0.0, -3, 1, 2, double.PositiveInfinity, double.NegativeInfinity },
        new[] { double.PositiveInfinity, double.PositiveInfinity, 0, 0, double.PositiveInfinity, double.PositiveInfinity })]
    [InlineData("digamma", new[] { 0.0, -0.0, -2, double.PositiveInfinity },
        new[] { double.NegativeInfinity, double.PositiveInfinity, double.NaN, double.PositiveInfinity })]
    [InlineData("erfinv", new[] { 1, -1, 1.5, 0.0, -0.0 },
        new[] { double.PositiveInfinity, double.NegativeInfinity, double.NaN, 0.0, -0.0 })]
    [InlineData("erfcinv", new[] { 0.0, 2, 1, 2.5, -0.1 },
        new[] { double.PositiveInfinity, double.NegativeInfinity, 0, double.NaN, double.NaN })]
    [InlineData("erfc", new[] { double.PositiveInfinity, double.NegativeInfinity, 0.0, 27.3 }, new[] { 0, 2, 1.0, 0 })]
    [InlineData("zeta", new[] { 1, 0.0, -2, double.PositiveInfinity, 60 }, new[] { double.NaN, -0.5, 0, 1, 1 })]
    [InlineData("i0", new[] { 0.0, double.PositiveInfinity, double.NegativeInfinity },
        new[] { 1, double.PositiveInfinity, double.PositiveInfinity })]
    [InlineData("i1e", new[] { 0.0, -0.0, double.PositiveInfinity }, new[] { 0.0, -0.0, 0 })]
    [InlineData("sinc", new[] { 0.0, double.PositiveInfinity }, new[] { 1.0, double.NaN })]
    public void Edges(string function, double[] x, double[] y)
    {
        foreach (var type in new[] { DType.Float64, DType.Float32 })
        {
            Node input = Input("x", type, [x.Length + 1]);
            double[] found = Running.Run(Running.Of([input], Functions[function]([input])), [Of(type, [.. x, double.NaN])])[0].Doubles();
            for (int i = 0; i < x.Length; i++)
                Assert.True(found[i].Equals(type == DType.Float32 ? (float)y[i] : y[i])
                    || Math.Abs(found[i] - y[i]) < 1e-14 * Math.Abs(y[i]), $"{function}({x[i]}) = {found[i]:R}, not {y[i]:R}, {type}");
            Assert.True(double.IsNaN(found[^1]), $"{function}(NaN) = {found[^1]}");
        }
    }

    [Fact]
    public void A_slope_that_is_not_available_is_an_error_with_a_way_out()
    {
        Node a = Input("a", DType.Float64, [3]), x = Input("x", DType.Float64, [3]);
        var error = Assert.Throws<GraphException>(() => Running.Of([a, x], Gradient.Of(Sum(GammaInc(a, x)), [a])[0]).Compile());
        Assert.Contains("no derivative in x[0]", error.Message, StringComparison.Ordinal);
        Running.Of([a, x], Gradient.Of(Sum(GammaInc(a, x)), [x])[0]).Compile();
    }

    private static void Check(string function, DType type, double[][] rows, int[] arguments,
        Func<double[], double> value, double bound, double near, bool slope = false)
    {
        Node[] inputs = [.. arguments.Select((_, i) => Input($"x{i}", type, [rows.Length]))];
        Node result = Functions[function](inputs);
        result = slope ? Gradient.Of(Sum(result), [inputs[0]])[0] : result;
        var found = Running.Run(Running.Of(inputs, result), [.. arguments.Select(a => Of(type, [.. rows.Select(r => r[a])]))])[0].Doubles();
        double normal = type == DType.Float32 ? Normal32 : Normal64;
        var worst = rows.Select((r, i) => (Error: Error(found[i], value(r), normal, near), Row: i)).DefaultIfEmpty().MaxBy(e => e.Error);
        Assert.True(worst.Error <= bound, rows.Length == 0 ? "" :
            $"{function}({string.Join(", ", arguments.Select(a => rows[worst.Row][a]))}) = {found[worst.Row]:R}, not {value(rows[worst.Row]):R}: off by {worst.Error:0.0e0}, {rows.Length} rows");
    }

    private static double Error(double found, double expected, double normal, double near) =>
        found.Equals(expected) ? 0 : double.IsNaN(found) || double.IsInfinity(found) ? double.PositiveInfinity
        : Math.Max(0, Math.Abs(found - expected) - near) / Math.Max(Math.Abs(expected), normal);

    private static HostTensor Of(DType type, double[] values) => type == DType.Float32 ? Array.ConvertAll(values, v => (float)v) : values;

    // Arguments that double holds; others belong to longer formats.
    private static double[][] Rows(string table)
    {
        string path = Repository.PathOf("..", "shared", "special-functions", $"{table}.txt");
        Skip.IfNot(File.Exists(path), $"the table {table} is not beside this repository");
        return [.. File.ReadLines(path).Where(l => l.Trim().Length > 0).Select(Numbers).Where(r => !r.Contains(double.NaN))];
    }

    private static double[] Numbers(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        double[] row = [.. words.Select(w => double.Parse(w, CultureInfo.InvariantCulture))];
        bool underflows = row.Zip(words)
            .Any(p => p.First == 0 && p.Second.Any(c => c is >= '1' and <= '9')
                && p.Second.Contains('e', StringComparison.OrdinalIgnoreCase));
        return underflows ? [double.NaN] : row;
    }
}
