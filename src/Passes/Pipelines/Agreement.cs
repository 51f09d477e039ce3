using System.Globalization;

namespace Adjoint.Passes;

/// <summary>How far two results may differ under a label.</summary>
public static class Agreement
{
    /// <summary>The label that allows most of those given; exact if there is none.</summary>
    public static Soundness Loosest(IEnumerable<Soundness> labels) =>
        labels.Aggregate(Soundness.Exact, (loosest, next) => Looseness(next) > Looseness(loosest) ? next : loosest);

    /// <summary>Where and how two tensors differ by more than a label allows; null if they agree.</summary>
    public static string? Difference(HostTensor a, HostTensor b, Soundness label)
    {
        if (a.DType != b.DType || !a.Shape.SequenceEqual(b.Shape))
            return $"{a} against {b}";
        var (x, y) = (a.DType.Visit(new AsDoubles(a)), b.DType.Visit(new AsDoubles(b)));
        double tolerance = Looseness(label) switch { 0 => 0, 1 => 64 * Ulp(a.DType), _ => 4096 * Ulp(a.DType) };
        double magnitude = x.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        for (int i = 0; i < x.Length; i++)
            if (!Agree(x[i], y[i], tolerance, magnitude, improves: label == Soundness.Improves))
                return string.Create(CultureInfo.InvariantCulture, $"element {i} is {x[i]:R} before, {y[i]:R} after");
        return null;
    }

    private static int Looseness(Soundness label) => label == Soundness.Exact ? 0 : label == Soundness.LastBits ? 1 : 2;

    private static double Ulp(DType type) => type == DType.Float32 ? Math.ScaleB(1, -23) : type == DType.Float64 ? Math.ScaleB(1, -52) : 0;

    // Sums of the same terms in another order differ relative to the terms, of which the largest result is a measure.
    // What improves may turn an overflow into a number.
    private static bool Agree(double x, double y, double tolerance, double magnitude, bool improves)
    {
        if (double.IsNaN(x) || double.IsNaN(y))
            return double.IsNaN(x) && (double.IsNaN(y) || improves);
        if (BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y))
            return true;
        if (!double.IsFinite(x) || !double.IsFinite(y))
            return x == y || (improves && !double.IsFinite(x));
        return tolerance > 0 && Math.Abs(x - y) <= tolerance * Math.Max(magnitude, improves ? 1 : 0);
    }

    private readonly struct AsDoubles(HostTensor t) : IDTypeVisitor<double[]>
    {
        public double[] Visit<T>() where T : unmanaged => Array.ConvertAll(t.ToArray<T>(), Bits.ToDouble);
    }
}
