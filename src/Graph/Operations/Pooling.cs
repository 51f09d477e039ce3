using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Windows over the spatial axes of [batch, channels, spatial..], as pools and convolutions take them.</summary>
    internal static class Pooling
    {
        /// <summary>Elements per window up to which they are combined one by one: maps over shifted views, along whole rows.</summary>
        public const int Unrolled = 32;

        /// <summary>x surrounded by a value as the window says.</summary>
        public static Node Padded(Node x, SlidingWindow window, double value) => Ops.Pad(x, value,
            [0, 0, .. window.Low.Select(p => (Dim)p)], [0, 0, .. window.High.Select(p => (Dim)p)]);

        /// <summary>How many windows there are along each spatial axis of x.</summary>
        public static Shape Counts(Node x, SlidingWindow window) =>
            Shape.Of(Enumerable.Range(0, window.Rank).Select(a => window.Windows(a, x.Shape[2 + a])));

        /// <summary>All windows of a padded tensor: [n, c, o.., k..].</summary>
        public static Node Unfolded(Node padded, SlidingWindow window) => Enumerable.Range(0, window.Rank)
            .Aggregate(padded, (x, a) => Ops.Windows(x, 2 + a, window.Size[a], window.Stride[a], window.Dilation[a]));

        /// <summary>The adjoint of padding and unfolding: [n, c, o.., k..] added up to a tensor of the shape that was padded.</summary>
        public static Node Folded(Node windows, SlidingWindow window, Shape shape)
        {
            var padded = Enumerable.Range(0, window.Rank).Reverse().Aggregate(windows, (x, a) =>
                Ops.Fold(x, 2 + a, shape[2 + a] + (window.Low[a] + window.High[a]), window.Stride[a], window.Dilation[a]));
            return Ops.Slice(padded, [0, 0, .. window.Low.Select(p => (Dim)p)], shape);
        }

        /// <summary>
        /// Whether windows neither overlap nor leave gaps, and are small: they
        /// are put together again by writing each element where it belongs.
        /// </summary>
        public static bool Tiles(SlidingWindow window) => window.Count <= Unrolled
            && Enumerable.Range(0, window.Rank).All(a => window.Stride[a] == window.Size[a] && window.Dilation[a] == 1);

        /// <summary>
        /// The adjoint of padding and unfolding for windows that tile: the elements of all windows, each as [n, c, o..] and in row-major
        /// order, side by side in a tensor of the shape that was padded.
        /// </summary>
        public static Node Tiled(IEnumerable<Node> elements, SlidingWindow window, Shape shape)
        {
            var tiled = Ops.Interleave([.. elements], [1, 1, .. window.Size]);
            Dim Beyond(int a) => shape[2 + a] + (window.Low[a] + window.High[a]) - tiled.Shape[2 + a];
            var padded = Ops.Pad(tiled, 0, [.. shape.Select(_ => Dim.Zero)], [0, 0, .. Enumerable.Range(0, window.Rank).Select(Beyond)]);
            return Ops.Slice(padded, [0, 0, .. window.Low.Select(p => (Dim)p)], shape);
        }

        /// <summary>Element <paramref name="k"/> of every window of a padded tensor, counted in row-major order: [n, c, o..].</summary>
        public static Node Shifted(Node padded, SlidingWindow window, Shape counts, int k)
        {
            var at = new Dim[window.Rank];
            for (int a = window.Rank - 1; a >= 0; a--)
                (k, at[a]) = (k / window.Size[a], k % window.Size[a] * window.Dilation[a]);
            return Ops.Slice(padded, [0, 0, .. at], [padded.Shape[0], padded.Shape[1], .. counts], [1, 1, .. window.Stride]);
        }

        /// <summary>The axes along windows of an unfolded tensor.</summary>
        public static Axes Along(SlidingWindow window) => [.. Enumerable.Range(2 + window.Rank, window.Rank)];

        /// <summary>A value per window, the same for all its elements: [n, c, o..] as [n, c, o.., k..].</summary>
        public static Node Spread(Node v, SlidingWindow window) => Ops.BroadcastTo(
            Ops.Reshape(v, [.. v.Shape, .. window.Size.Select(_ => Dim.One)]), [.. v.Shape, .. window.Size.Select(k => (Dim)k)]);
    }

    /// <summary>Sums over sliding windows, with zeros for padding.</summary>
    /// <param name="Window">How windows slide.</param>
    /// <param name="Body">What it computes.</param>
    public sealed record WindowSum(SlidingWindow Window, Computation Body) : Call("window-sum", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [ct[0] is { } seed && needed[0]
                ? new(Back(x[0], seed.Value), seed.Alive is { } alive ? Back(x[0], Ops.Convert(alive, DType.Int32)) > 0 : null) : null];

        private Node Back(Node x, Node v) => Pooling.Tiles(Window)
            ? Pooling.Tiled(Enumerable.Repeat(v, (int)Window.Count), Window, x.Shape)
            : Pooling.Folded(Pooling.Spread(v, Window), Window, x.Shape);

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Of(tangent, Window) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => [x.Split(Of(x.Merged(0), Window))];

        internal static Node Of(Node x, SlidingWindow window) => Call.Of("window-sum", Origin.At("", 0), [x], a =>
        {
            var (padded, counts) = (Pooling.Padded(a[0], window, 0), Pooling.Counts(a[0], window));
            return window.Count > Pooling.Unrolled ? Ops.Sum(Pooling.Unfolded(padded, window), Pooling.Along(window))
                : Enumerable.Range(0, (int)window.Count).Select(k => Pooling.Shifted(padded, window, counts, k)).Aggregate((s, e) => s + e);
        }, body => new WindowSum(window, body));
    }

    /// <summary>
    /// The largest element of sliding windows, padding counts as -∞; NaN wins. Where several are equal, the first in row-major order
    /// takes the whole derivative, or all share it. The second result is the first one's position in the window, int64.
    /// </summary>
    /// <param name="Window">How windows slide.</param>
    /// <param name="SharesTies">Whether equal elements share the derivative, as those of <see cref="Ops.Max"/> do.</param>
    /// <param name="Body">What it computes.</param>
    public sealed record MaxPool(SlidingWindow Window, bool SharesTies, Computation Body) : Call("max-pool", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            if (Pooling.Tiles(Window) && !SharesTies)
            {
                var position = Ops.Convert(y[1], Position);
                var living = Ops.Convert(seed.Alive ?? Ops.OnesLike(position), DType.Int32);
                return [new(Tiled(position, seed.Value, x[0].Shape), Tiled(position, living, x[0].Shape) > 0)];
            }
            var taken = IsTaken(x[0], y);
            var v = Pooling.Spread(Shared(seed.Value, taken), Window);
            var alive = seed.Alive is null ? taken : Ops.And(taken, Pooling.Spread(seed.Alive, Window));
            return [new(Pooling.Folded(Ops.Where(taken, v, Ops.ZerosLike(v)), Window, x[0].Shape),
                Pooling.Folded(Ops.Convert(alive, DType.Int32), Window, x[0].Shape) > 0)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null, null];
            var windows = Pooling.Unfolded(Pooling.Padded(tangent, Window, 0), Window);
            var taken = IsTaken(x[0], y);
            return [Shared(Ops.Sum(Ops.Where(taken, windows, Ops.ZerosLike(windows)), Pooling.Along(Window)), taken), null];
        }

        // Positions while they are sought: as wide as float32, so that registers hold as many of both.
        private static DType Position => DType.Int32;

        // A value per window to the element that was taken, zero to others.
        private Node Tiled(Node position, Node v, Shape shape) => Pooling.Tiled(Enumerable.Range(0, (int)Window.Count)
            .Select(k => Ops.Where(Ops.Equal(position, Ops.Scalar(position.DType, k)), v, Ops.ZerosLike(v))), Window, shape);

        // A value per window divided by how many share it; a window of NaN has none.
        private Node Shared(Node v, Node taken) =>
            SharesTies ? v / Ops.Maximum(Ops.Sum(Ops.Convert(taken, v.DType), Pooling.Along(Window)), 1) : v;

        // Where an element of a window is the one that was taken, or equal to it.
        private Node IsTaken(Node x, ImmutableArray<Node> y) => SharesTies
            ? Ops.Equal(Pooling.Unfolded(Pooling.Padded(x, Window, double.NegativeInfinity), Window),
                Pooling.Spread(y[0], Window)) : IsFirst(y[1]);

        private Node IsFirst(Node position)
        {
            Shape shape = [.. position.Shape, .. Window.Size.Select(k => (Dim)k)];
            var along = Pooling.Along(Window).Select(a => Ops.Iota(shape, a, DType.Int64)).ToArray();
            var flat = along[0];
            for (int a = 1; a < along.Length; a++)
                flat = flat * Window.Size[a] + along[a];
            return Ops.Equal(flat, Pooling.Spread(position, Window));
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) =>
            [.. Of(x.Merged(0), Window, SharesTies, x.Single.Origin).Select(x.Split)];

        internal static ImmutableArray<Node> Of(Node x, SlidingWindow window, bool sharesTies, Origin origin) =>
            Call.Of("max-pool", origin, [x], a => Build(a[0], window), body => new MaxPool(window, sharesTies, body));

        private static ImmutableArray<Node> Build(Node x, SlidingWindow window)
        {
            var (padded, counts) = (Pooling.Padded(x, window, double.NegativeInfinity), Pooling.Counts(x, window));
            if (window.Count > Pooling.Unrolled)
            {
                var windows = Pooling.Unfolded(padded, window);
                return [Ops.Max(windows, Pooling.Along(window)),
                    Node.Of(new ArgMax(Pooling.Along(window), false), Origin.At("", 0), windows)];
            }
            var best = Pooling.Shifted(padded, window, counts, 0);
            var at = Ops.BroadcastTo(Ops.Scalar(Position, 0), best.Shape);
            for (int k = 1; k < window.Count; k++)
            {
                var next = Pooling.Shifted(padded, window, counts, k);
                // A number wins over none that is not larger, NaN over all numbers.
                var wins = next.DType.IsFloat ? Ops.And(Ops.Not(next <= best), Ops.Not(Ops.IsNaN(best))) : next > best;
                (best, at) = (Ops.Where(wins, next, best), Ops.Where(wins, Ops.Scalar(Position, k), at));
            }
            return [best, Ops.Convert(at, DType.Int64)];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>The largest element of windows that slide over the spatial axes; padding never wins, NaN does.</summary>
        /// <param name="x">Numbers [batch, channels, spatial..].</param>
        /// <param name="window">How windows slide.</param>
        /// <param name="sharesTies">Whether equal elements share the derivative; else the first one takes it.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>[batch, channels, windows..].</returns>
        /// <exception cref="GraphException">The window does not fit.</exception>
        public static Node MaxPool(Node x, SlidingWindow window, bool sharesTies = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            MaxPoolWithPositions(x, window, sharesTies, file, line).Values;

        /// <summary>
        /// The largest element of sliding windows, and its position
        /// (int64, in row-major order) among the elements of its window.
        /// </summary>
        /// <inheritdoc cref="MaxPool"/>
        public static (Node Values, Node Positions) MaxPoolWithPositions(Node x, SlidingWindow window, bool sharesTies = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            DemandWindow("max-pool", x, window, origin);
            var results = Operations.MaxPool.Of(x, window, sharesTies, origin);
            return (results[0], results[1]);
        }

        /// <summary>The sum of windows that slide over the spatial axes; padding counts as zeros.</summary>
        /// <param name="x">Numbers [batch, channels, spatial..].</param>
        /// <param name="window">How windows slide.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>[batch, channels, windows..].</returns>
        /// <exception cref="GraphException">The window does not fit.</exception>
        public static Node WindowSum(Node x, SlidingWindow window, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            DemandWindow("window-sum", x, window, origin);
            using var _ = Origin.Under(origin);
            return Operations.WindowSum.Of(x, window);
        }

        /// <summary>The mean of windows that slide over the spatial axes.</summary>
        /// <param name="x">Floats [batch, channels, spatial..].</param>
        /// <param name="window">How windows slide.</param>
        /// <param name="countsPadding">Whether padding counts as zeros; else a mean is over the elements of the tensor alone.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>[batch, channels, windows..].</returns>
        /// <exception cref="GraphException">The window does not fit, or elements are no floats.</exception>
        public static Node AveragePool(Node x, SlidingWindow window, bool countsPadding = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            DemandWindow("average-pool", x, window, origin);
            if (!x.DType.IsFloat)
                throw GraphException.For("average-pool", [x], origin, $"elements are {x.DType}", "convert them to a float type");
            using var _ = Origin.Under(origin);
            var sum = Operations.WindowSum.Of(x, window);
            if (countsPadding || window.Low.Concat(window.High).All(p => p == 0))
                return sum / (double)window.Count;
            var ones = BroadcastTo(Scalar(x.DType, 1), [1, 1, .. x.Shape.Skip(2)]);
            return sum / Operations.WindowSum.Of(ones, window);
        }

        private static void DemandWindow(string title, Node x, SlidingWindow window, Origin origin)
        {
            if (x.Rank != window.Rank + 2)
                throw GraphException.For(title, [x], origin,
                    $"a window {window.Size} slides over {window.Rank} spatial axes, the operand has {x.Rank - 2}",
                    "give [batch, channels, spatial..] and one number per spatial axis");
            if (!window.IsWellFormed)
                throw GraphException.For(title, [x], origin,
                    $"size {window.Size}, strides {window.Stride}, dilations {window.Dilation}, paddings {window.Low} and {window.High} are no window",
                    "use positive sizes, strides and dilations, one number per spatial axis");
        }
    }
}
