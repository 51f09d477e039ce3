using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Fourier transforms as products with matrices of sines and cosines, and the windows that go with them.</summary>
internal static class Spectral
{
    // Elements of one matrix: a transform of 2,048 points.
    private const long MaxMatrix = 1 << 22;

    public static IEnumerable<Importer> All =>
    [
        One("HannWindow", x => Window(x, 0.5, 0.5, 0)), One("HammingWindow", x => Window(x, 25.0 / 46, 21.0 / 46, 0)),
        One("BlackmanWindow", x => Window(x, 0.42, 0.5, 0.08)), One("MelWeightMatrix", MelWeights), One("STFT", ShortTime),
        One("DFT", x => Transform(x, x[0], x.Int("axis", 1)), until: 19),
        One("DFT", x => Transform(x, x[0], x.Optional(2) is null ? -2 : (long)x.KnownScalar(2)), since: 20),
    ];

    // a - b cos(2 pi i / n) + c cos(4 pi i / n), with n the size, or one less where the window is symmetric.
    private static Node Window(OnnxNode x, double a, double b, double c)
    {
        int size = Size(x, x.KnownScalar(0));
        double n = x.Flag("periodic", true) ? size : size - 1;
        double At(int i) => n == 0 ? 1 : a - b * Math.Cos(2 * Math.PI * i / n) + c * Math.Cos(4 * Math.PI * i / n);
        return Ops.Constant(Numbers.Tensor(x.DTypeOf(x.Int("output_datatype", 1)),
            [.. Enumerable.Range(0, size).Select(At)], size));
    }

    private static int Size(OnnxNode x, double size) =>
        size is >= 0 and <= MaxMatrix ? (int)size : throw x.Error($"{size} is no size of a window or transform");

    private static Node Transform(OnnxNode x, Node t, long axis)
    {
        int along = x.Axis(axis, t.Rank);
        if (along == t.Rank - 1 || t.Shape[along] is var extent && !extent.IsConstant
            || (t.Shape[-1] != Dim.One && t.Shape[-1] != 2))
            throw x.Error($"it transforms an axis of known extent before the last one, which holds real or complex numbers; got {t.Shape}, axis {axis}");
        bool inverse = x.Flag("inverse"), half = x.Flag("onesided");
        int given = (int)t.Shape[along].Constant;
        int length = x.Optional(1) is null ? (inverse && half ? 2 * (given - 1) : given) : Size(x, x.KnownScalar(1));
        var rows = Ops.Transpose(t, ToFront(t.Rank, along));
        var (real, imaginary) = (Part(rows, 0), t.Shape[-1] == Dim.One ? null : Part(rows, 1));
        var result = inverse && half
            ? RealInverse(x, real, imaginary, length) : Complex(x, real, imaginary, length, inverse, half);
        return Ops.Transpose(result, ToFront(t.Rank, along).Inverse());
    }

    // The axis to transform becomes the last but one, before real and imaginary parts.
    private static Axes ToFront(int rank, int axis) => [.. Enumerable.Range(0, rank - 1).Where(a => a != axis), axis, rank - 1];

    private static Node Part(Node rows, int part) => Ops.Squeeze(Ops.Slice(rows, -1, part, part + 1), [-1]);

    // sum of x[n] e^(-2 pi i k n / N): the sign turns and 1 / N comes in for the inverse.
    private static Node Complex(OnnxNode x, Node real, Node? imaginary, int length, bool inverse, bool half)
    {
        int bins = half ? length / 2 + 1 : length;
        double sign = inverse ? 1 : -1, scale = inverse ? 1.0 / length : 1;
        Node Matrix(Func<double, double> f) => Table(x, real, length, bins, (n, k) => f(Angle(n, k, length)) * scale);
        Node cosines = Matrix(Math.Cos), sines = Matrix(a => sign * Math.Sin(a));
        Node Times(Node v, Node matrix) => Ops.MatMul(Fit(v, length), matrix);
        return imaginary is null
            ? Ops.Stack([Times(real, cosines), Times(real, sines)], real.Rank)
            : Ops.Stack([Times(real, cosines) - Times(imaginary, sines), Times(real, sines)
                + Times(imaginary, cosines)], real.Rank);
    }

    // Bins that are not there are the conjugates of those that are: all but the first and the middle one count twice.
    private static Node RealInverse(OnnxNode x, Node real, Node? imaginary, int length)
    {
        int bins = length / 2 + 1;
        double Weight(int k) => (k == 0 || 2 * k == length ? 1.0 : 2.0) / length;
        Node y = Ops.MatMul(Fit(real, bins), Table(x, real, bins, length, (k, n) => Weight(k) * Math.Cos(Angle(n, k, length))));
        if (imaginary is not null)
            y -= Ops.MatMul(Fit(imaginary, bins),
                Table(x, real, bins, length, (k, n) => Weight(k) * Math.Sin(Angle(n, k, length))));
        return Ops.ExpandDims(y, -1);
    }

    // The product is reduced first, so that large angles stay exact.
    private static double Angle(long n, long k, int length) => 2 * Math.PI * (n * k % length) / length;

    private static Node Table(OnnxNode x, Node like, int rows, int columns, Func<int, int, double> at)
    {
        if ((long)rows * columns > MaxMatrix)
            throw x.Unsupported($"a transform of {rows} by {columns} points");
        double[] values = [.. Enumerable.Range(0, rows).SelectMany(r => Enumerable.Range(0, columns).Select(c => at(r, c)))];
        return Ops.Constant(Numbers.Tensor(like.DType, values, rows, columns));
    }

    // Cut, or filled up with zeros.
    private static Node Fit(Node rows, int length)
    {
        long more = length - rows.Shape[-1].Constant;
        return more == 0 ? rows
            : Ops.Pad(rows, 0, Shape.Of(rows.Shape.Select(_ => Dim.Zero)),
            Shape.Of(rows.Shape.Select((_, a) => a == rows.Rank - 1 ? more : Dim.Zero)));
    }

    // Frames that start every so many samples, times a window, transformed one by one.
    private static Node ShortTime(OnnxNode x)
    {
        int step = Size(x, x.KnownScalar(1));
        var window = x.Optional(2);
        int length = x.Optional(3) is not null ? Size(x, x.KnownScalar(3))
            : window?.Shape[0] is { IsConstant: true } w
                ? Size(x, w.Constant) : throw x.Error("neither a window nor a length of frames is given");
        Node signal = x[0].Rank == 2 ? Ops.ExpandDims(x[0], -1) : x[0];
        Node Frames(Node v) => Ops.Windows(v, 1, length, step) is var frames && window is not null
            ? frames * window : Ops.Windows(v, 1, length, step);
        return Complex(x, Frames(Part(signal, 0)), signal.Shape[-1] == Dim.One
            ? null : Frames(Part(signal, 1)), length, inverse: false, x.Flag("onesided", true));
    }

    // Triangles over the bins of a spectrum, evenly spaced on the mel scale.
    private static Node MelWeights(OnnxNode x)
    {
        int bands = Size(x, x.KnownScalar(0)), length = Size(x, x.KnownScalar(1)), bins = length / 2 + 1;
        double low = Mel(x.KnownScalar(3)), high = Mel(x.KnownScalar(4)), step = (high - low) / (bands + 2);
        if ((long)bins * bands > MaxMatrix)
            throw x.Unsupported($"a matrix of {bins} by {bands}");
        int[] edges = [.. Enumerable.Range(0, bands + 2)
            .Select(i => (int)Math.Floor((length + 1) * Hertz(i * step + low) / x.KnownScalar(2)))];
        var weights = new double[bins * bands];
        for (int band = 0; band < bands; band++)
            Triangle(x, edges.AsSpan(band, 3), (bin, weight) => weights[bin * bands + band] = weight, bins);
        return Ops.Constant(Numbers.Tensor(x.DTypeOf(x.Int("output_datatype", 1)), weights, bins, bands));
    }

    private static void Triangle(OnnxNode x, ReadOnlySpan<int> edges, Action<int, double> set, int bins)
    {
        var (lower, centre, upper) = (edges[0], edges[1], edges[2]);
        if (lower < 0 || centre < lower || upper > bins || centre >= bins)
            throw x.Error($"its bands leave the spectrum of {bins} bins");
        if (centre == lower)
            set(centre, 1);
        for (int bin = lower; centre > lower && bin <= centre; bin++)
            set(bin, (bin - lower) / (double)(centre - lower));
        for (int bin = centre; bin < upper; bin++)
            set(bin, (upper - bin) / (double)(upper - centre));
    }

    private static double Mel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);

    private static double Hertz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
}
