using System.Collections.Immutable;
using System.Reflection;

namespace Adjoint.Passes.Tests;

/// <summary>Every rule of every table, found by reflection, and data that runs through all pairs of special values.</summary>
internal static class RuleTable
{
    public static IReadOnlyList<(string Table, Rule Rule)> All { get; } =
    [
        .. typeof(Rule).Assembly.GetTypes().OrderBy(t => t.Name, StringComparer.Ordinal)
            .SelectMany(t => t.GetProperties(BindingFlags.Static | BindingFlags.Public))
            .Where(p => p.PropertyType == typeof(ImmutableArray<Rule>))
            .SelectMany(p => ((ImmutableArray<Rule>)p.GetValue(null)!).Select(r => (p.DeclaringType!.Name, r))),
    ];

    /// <summary>
    /// Values for the letters of a law. Only ordinary ones where
    /// the law assumes that, or is known not to hold for others.
    /// </summary>
    public static HostTensor[] Data(RuleOperands e, bool ordinary, int seed)
    {
        var random = new Random(seed);
        var special = e.DType.IsFloat ? Specials(e.DType) : [0, 1, -1, 2, -2, 3, 7, -7, 100, int.MaxValue, int.MinValue, 12345];
        HostTensor[] data = [.. e.All.Select(x => HostTensor.Zeros(x.DType, x.Shape.Evaluate(new Dictionary<string, long>())))];
        foreach (var tensor in data)
            tensor.DType.Visit(new Fill(tensor, i => tensor.DType == DType.Bool ? random.Next(2) : Ordinary(e.DType, random)));
        if (ordinary)
            return data;
        data[0].DType.Visit(new Fill(data[0], i => special[i / 16 % special.Length]));
        data[1].DType.Visit(new Fill(data[1], i => special[i % 16 % special.Length]));
        data[2].DType.Visit(new Fill(data[2], i => special[i % special.Length]));
        return data;
    }

    private static double Ordinary(DType type, Random random) =>
        type.IsFloat ? 6 * random.NextDouble() - 3 : random.Next(1, 50) * (2 * random.Next(2) - 1);

    private static double[] Specials(DType type)
    {
        var (tiny, huge) = type == DType.Float32 ? (float.Epsilon, float.MaxValue) : (double.Epsilon, double.MaxValue);
        return [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, tiny, -tiny, 1, -1, huge,
            -huge, 0.75, -3, 1e-20, -80, 100];
    }

    private readonly struct Fill(HostTensor target, Func<int, double> value) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            var span = target.Span<T>();
            for (int i = 0; i < span.Length; i++)
                span[i] = target.DType.IsFloat ? Bits.FromDouble<T>(value(i)) : Bits.FromInt64<T>((long)value(i));
            return true;
        }
    }
}
