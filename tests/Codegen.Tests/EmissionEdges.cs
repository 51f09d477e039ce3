namespace Adjoint.Codegen.Tests;

/// <summary>The elements where instructions go wrong, as bits.</summary>
internal static class EmissionEdges
{
    private static readonly double[] Numbers =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.7, -3.7, 0.1,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        16777217, 2147483520, 2147483647, 2147483647.5, 2147483648, -2147483648, -2147483649, 1e10, -1e10,
        4503599627370497.5, 9223371487098961920, 9223372036854775808, -9223372036854775808, 1e20, -1e20,
    ];

    private static readonly float[] Singles =
        [float.Epsilon, -float.Epsilon, 1.1754944e-38f, -1.1754942e-38f, float.MaxValue, -float.MaxValue];

    private static readonly double[] Doubles =
        [double.Epsilon, -double.Epsilon, 2.2250738585072014e-308, double.MaxValue, -double.MaxValue, 3e38, 1e-40];

    private static readonly long[] Integers =
    [
        0, 1, -1, 2, -2, 7, -7, 1000003, 16777217, 0x40000001,
        int.MaxValue, int.MinValue, int.MaxValue - 1, int.MinValue + 1,
        0x80000000, 0x100000007, (1L << 53) + 1, 0x7fffff4000000001, 0x4000004000000001,
        long.MaxValue, long.MinValue, long.MinValue + 1,
    ];

    public static long[] Of(DType type) =>
        type == DType.Float32 ? [.. Numbers.Select(x => Bits.From((float)x)), .. Singles.Select(Bits.From)]
        : type == DType.Float64 ? [.. Numbers.Concat(Doubles).Select(Bits.From)]
        : type == DType.Int32 ? [.. Integers.Select(x => Bits.From((int)x)).Distinct()]
        : type == DType.Int64 ? Integers
        : [0, 1];

    /// <summary>Every combination of edges of these types, an array per operand.</summary>
    public static long[][] Combined(params DType[] types)
    {
        long[][] edges = [.. types.Select(Of)];
        int count = edges.Aggregate(1, (n, e) => n * e.Length);
        int stride = 1;
        return [.. edges.Select(e =>
        {
            int repeat = stride;
            stride *= e.Length;
            return Enumerable.Range(0, count).Select(k => e[k / repeat % e.Length]).ToArray();
        })];
    }
}
