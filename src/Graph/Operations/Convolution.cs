using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Convolution as networks mean it (correlation, nothing is flipped) over any number of spatial axes,
    /// <c>y[n, m, o..] = sum over c, k of x[n, c, stride * o + dilation * k - low] * w[m, c, k..]</c>. Its body is a matrix product with a
    /// view of all windows; both of its adjoints are convolutions or products of the same kind.
    /// </summary>
    /// <param name="Window">How windows slide.</param>
    /// <param name="Groups">Into how many groups, convolved apart, both kinds of channels are divided.</param>
    /// <param name="Body">What it computes from x and w.</param>
    public sealed record Convolution(SlidingWindow Window, int Groups, Computation Body) : Call("convolution", Body)
    {
        /// <inheritdoc/>
        public override string Label => $"convolution {Window.Size}";

        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        // A window sums over alive and dead elements alike, so the predicate ends here: the cotangent is zero where it is dead.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            ct[0] is not { Value: var seed }
                ? [null, null]
                :
                [
                    needed[0] ? new(Convolutions.OfInput(seed, x[1], Window, Groups, [.. x[0].Shape.Skip(2)])) : null,
                    needed[1] ? new(Convolutions.OfFilter(x[0], seed, Window, Groups, x[1].Shape)) : null,
                ];

        // Filters that are the same for all examples see one larger batch.
        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) =>
            x.IsMapped(1) ? base.Batch(x) : [x.Split(Convolutions.Of(x.Merged(0), x[1], Window, Groups))];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            var first = t[0] is { } a ? Convolutions.Of(a, x[1], Window, Groups) : null;
            var second = t[1] is { } b ? Convolutions.Of(x[0], b, Window, Groups) : null;
            return [first is null ? second : second is null ? first : first + second];
        }
    }

    /// <summary>A convolution and its two adjoints as matrix products over windows.</summary>
    internal static class Convolutions
    {
        /// <summary>The convolution as a call.</summary>
        public static Node Of(Node x, Node w, SlidingWindow window, int groups) => Call.Of("convolution", Origin.At("", 0), [x, w],
            a => Product(a[0], a[1], window, groups), body => new Convolution(window, groups, body));

        // [n, g, m, c * k] by [n, g, c * k, o]; where a channel has a filter of its own, sums of shifted rows instead.
        private static Node Product(Node x, Node w, SlidingWindow window, int groups)
        {
            var (n, c, m) = (x.Shape[0], w.Shape[1], PerGroup(w.Shape[0], groups));
            var padded = Pooling.Padded(x, window, 0);
            var extents = Pooling.Counts(x, window);
            if (c == Dim.One && m == Dim.One && window.Count <= Pooling.Unrolled)
                return Depthwise(padded, w, window, extents);
            var filters = Ops.Reshape(w, [1, groups, m, Dims(w.Shape, 1)]);
            var y = Ops.MatMul(filters, Columns(padded, window, groups));
            return Ops.Reshape(y, [n, w.Shape[0], .. extents]);
        }

        private static Node Depthwise(Node x, Node w, SlidingWindow window, Shape extents)
        {
            var taps = Ops.Reshape(w, [w.Shape[0], window.Count]);
            Shape column = [w.Shape[0], .. extents.Select(_ => Dim.One)];
            return Enumerable.Range(0, (int)window.Count)
                .Select(k => Pooling.Shifted(x, window, extents, k) * Ops.Reshape(Ops.Slice(taps, 1, k, k + 1), column))
                .Aggregate((sum, term) => sum + term);
        }

        // All windows of [n, g * c, s..] as [n, g, c * k, o]: neighbours share memory until a product packs them.
        private static Node Columns(Node padded, SlidingWindow window, int groups)
        {
            var (windows, rank) = (Pooling.Unfolded(padded, window), window.Rank);
            Axes order = [0, 1, .. Enumerable.Range(2 + rank, rank), .. Enumerable.Range(2, rank)];
            return Ops.Reshape(Ops.Transpose(windows, order),
                [windows.Shape[0], groups, PerGroup(windows.Shape[1], groups) * window.Count, Dim.Product(windows.Shape.Skip(2).Take(rank))]);
        }

        /// <summary>
        /// The adjoint with respect to x: the convolution of y's cotangent,
        /// spread by the stride, with filters flipped and channels exchanged.
        /// </summary>
        /// <param name="g">[n, m, o..].</param>
        /// <param name="w">[m, c / groups, k..].</param>
        /// <param name="window">How windows slide.</param>
        /// <param name="groups">How many groups.</param>
        /// <param name="extents">Spatial extents of x.</param>
        public static Node OfInput(Node g, Node w, SlidingWindow window, int groups, Shape extents)
        {
            var (m, c, rank) = (PerGroup(w.Shape[0], groups), w.Shape[1], window.Rank);
            Shape taps = Shape.Of(w.Shape.Skip(2));
            var exchanged = Ops.Reshape(
                Ops.Transpose(Ops.Reshape(w, [groups, m, c, .. taps]), [0, 2, 1, .. Enumerable.Range(3, rank)]), [groups * c, m, .. taps]);
            Dim Low(int a) => window.Reach(a) - 1 - window.Low[a];
            Dim Spread(int a) => (g.Shape[2 + a] - 1) * window.Stride[a] + 1;
            Shape low = [0, 0, .. Enumerable.Range(0, rank).Select(Low)];
            Shape high = [0, 0, .. Enumerable.Range(0, rank).Select(a => extents[a] + (window.Reach(a) - 1) - Low(a) - Spread(a))];
            var spread = Ops.Pad(g, 0, low, high, [0, 0, .. window.Stride.Select(s => s - 1)]);
            return Of(spread, Ops.Flip(exchanged, [.. Enumerable.Range(2, rank)]), new(window.Size) { Dilation = window.Dilation }, groups);
        }

        /// <summary>The adjoint with respect to w: products of y's cotangent and x's windows, summed over batch and positions.</summary>
        public static Node OfFilter(Node x, Node g, SlidingWindow window, int groups, Shape filters)
        {
            var (windows, rank) = (Pooling.Unfolded(Pooling.Padded(x, window, 0), window), window.Rank);
            var (m, c) = (PerGroup(filters[0], groups), filters[1]);
            Shape counts = Shape.Of(g.Shape.Skip(2));
            var positions = x.Shape[0] * Dim.Product(counts);
            // [g, m, n * o] by [g, n * o, c * k].
            var left = Ops.Reshape(Ops.Transpose(Ops.Reshape(g, [x.Shape[0], groups, m, .. counts]),
                [1, 2, 0, .. Enumerable.Range(3, rank)]), [groups, m, positions]);
            var split = Ops.Reshape(windows, [x.Shape[0], groups, c, .. windows.Shape.Skip(2)]);
            var right = Ops.Reshape(Ops.Transpose(split, [1, 0, .. Enumerable.Range(3, rank), 2, .. Enumerable.Range(3 + rank, rank)]),
                [groups, positions, Dims(filters, 1)]);
            return Ops.Reshape(Ops.MatMul(left, right), filters);
        }

        private static Dim PerGroup(Dim channels, int groups) => Dim.FloorDivide(channels, groups);

        private static Dim Dims(Shape shape, int from) => Dim.Product(shape.Skip(from));
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Convolution"/>
        /// <param name="x">Floats [batch, channels, spatial..], one to three spatial axes or more.</param>
        /// <param name="filters">[results, channels / groups, window..].</param>
        /// <param name="bias">One per result channel; none by default.</param>
        /// <param name="window">Strides, dilations and paddings; by default every
        /// position, without padding. Its size must be that of the filters.</param>
        /// <param name="groups">Into how many groups, convolved apart, both kinds of channels are divided.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>[batch, results, windows..].</returns>
        /// <exception cref="GraphException">Ranks, channels, groups, window or bias do not fit together.</exception>
        public static Node Convolution(Node x, Node filters, Node? bias = null, SlidingWindow? window = null, int groups = 1,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            window = CheckedWindow("convolution", x, filters, window, origin);
            Demand("convolution", x, filters, origin, groups, x.Shape[1], filters.Shape[1] * groups, filters.Shape[0]);
            using var _ = Origin.Under(origin);
            return WithBias("convolution", Convolutions.Of(x, filters, window, groups), bias, origin);
        }

        /// <summary>
        /// Transposed convolution: the adjoint of <see cref="Convolution"/>
        /// with respect to its input, used as a layer that enlarges.
        /// </summary>
        /// <param name="x">Floats [batch, channels, spatial..].</param>
        /// <param name="filters">[channels, results / groups, window..].</param>
        /// <param name="bias">One per result channel; none by default.</param>
        /// <param name="window">Strides, dilations and paddings of the convolution
        /// that this is the adjoint of: paddings crop the result.</param>
        /// <param name="groups">Into how many groups both kinds of channels are divided.</param>
        /// <param name="extents">Spatial extents of the result; by default <c>stride * (extent - 1) + reach - low - high</c>.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>[batch, results, extents..].</returns>
        /// <exception cref="GraphException">Ranks, channels, groups, window, bias or extents do not fit together.</exception>
        public static Node ConvolutionTranspose(Node x, Node filters, Node? bias = null, SlidingWindow? window = null, int groups = 1,
            Shape? extents = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            window = CheckedWindow("convolution-transpose", x, filters, window, origin);
            Demand("convolution-transpose", x, filters, origin, groups, x.Shape[1], filters.Shape[0], filters.Shape[0]);
            extents ??= Shape.Of(Enumerable.Range(0, window.Rank).Select(a =>
                (x.Shape[2 + a] - 1) * window.Stride[a] + (window.Reach(a) - window.Low[a] - window.High[a])));
            var y = Call.Of("convolution-transpose", origin, [x, filters], a => Convolutions.OfInput(a[0], a[1], window, groups, extents));
            using var _ = Origin.Under(origin);
            return WithBias("convolution-transpose", y, bias, origin);
        }

        private static SlidingWindow CheckedWindow(string title, Node x, Node filters, SlidingWindow? window, Origin origin)
        {
            GraphException Error(string problem, string fix) => GraphException.For(title, [x, filters], origin, problem, fix);
            if (!x.DType.IsFloat || filters.DType != x.DType)
                throw Error($"the input is {x.DType}, filters are {filters.DType}", "give both one float type");
            if (x.Rank < 3 || filters.Rank != x.Rank)
                throw Error($"the input has {x.Rank} axes, filters have {filters.Rank}",
                    "give [batch, channels, spatial..] and [results, channels, window..]");
            if (!filters.Shape.Skip(2).All(d => d.IsConstant))
                throw Error($"the window of {filters.Shape} is symbolic", "use filters of known size");
            Axes size = [.. filters.Shape.Skip(2).Select(d => (int)d.Constant)];
            window ??= new(size);
            return window.Size != size ? throw Error($"the window is {window.Size}, filters have {size}",
                "give the window the size of the filters")
                : window.IsWellFormed ? window
                : throw Error($"strides {window.Stride}, dilations {window.Dilation}, paddings {window.Low} and {window.High} are not one per axis, or no window",
                    "use positive strides and dilations, one number per spatial axis");
        }

        private static void Demand(string title, Node x, Node filters, Origin origin, int groups, Dim channels, Dim wanted, Dim divided)
        {
            if (groups < 1 || (divided.TryConstant(out long known) && known % groups != 0))
                throw GraphException.For(title, [x, filters], origin, $"{divided} channels are not {groups} groups",
                    "use a number of groups that divides them");
            if (channels != wanted && (channels - wanted).IsConstant)
                throw GraphException.For(title, [x, filters], origin,
                    $"the input has {channels} channels, filters {filters.Shape} in {groups} groups want {wanted}",
                    "make channels agree; the channel axis is the second");
        }

        private static Node WithBias(string title, Node y, Node? bias, Origin origin) => bias is null ? y
            : bias.Rank != 1 || bias.DType != y.DType
            ? throw GraphException.For(title, [y, bias], origin, $"the bias is {bias.Type}", $"give one {y.DType} per result channel")
            : y + Reshape(bias, [bias.Shape[0], .. y.Shape.Skip(2).Select(_ => Dim.One)]);
    }
}
