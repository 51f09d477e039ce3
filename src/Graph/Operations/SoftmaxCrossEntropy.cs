using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Cross entropy of softmax against one right class per row, <c>y = log(sum(e^x)) - x[label]</c>, over the last axis and shifted
    /// by the maximum. Its slope is softmax(x) less 1 at the label. A label outside the classes is an error while running.
    /// </summary>
    /// <param name="Body">What it computes from logits and labels.</param>
    public sealed record SoftmaxCrossEntropy(Computation Body) : Call("softmax-cross-entropy", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Body = body };

        // Dead rows may hold NaN: they are masked, not multiplied by their zero.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null, null];
            var value = Slope(x) * Ops.ExpandDims(seed.Value, -1);
            if (seed.Alive is null)
                return [new(value), null];
            var alive = Ops.BroadcastTo(Ops.ExpandDims(seed.Alive, -1), value.Shape);
            return [new(Ops.Where(alive, value, Ops.ZerosLike(value)), alive), null];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.Sum(Slope(x) * tangent, [tangent.Rank - 1]) : null];

        private static Node Slope(ImmutableArray<Node> x)
        {
            Node p = Ops.Softmax(x[0]);
            return Ops.Where(Ops.IsLabel(x[0], x[1]), p - 1, p);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.SoftmaxCrossEntropy"/>
        /// <param name="logits">Floats of shape [.., classes].</param>
        /// <param name="labels">int32 or int64 of shape [..], each from 0 to classes - 1.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A loss per row, of shape [..]; reduce it with Mean or Sum.</returns>
        /// <exception cref="GraphException">Logits are no floats, labels no integers, or their shapes do not fit.</exception>
        public static Node SoftmaxCrossEntropy(Node logits, Node labels,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Labelled("softmax-cross-entropy", logits, labels, Origin.At(file, line), (x, label) =>
            {
                Node z = x - Shift(x, x.Rank - 1);
                return Log(Sum(Exp(z), [-1])) - AtLabel(z, label);
            }, body => new SoftmaxCrossEntropy(body));

        /// <summary>
        /// Negative log likelihood of one right class per row, <c>y = -x[label]</c>,
        /// of logarithms of probabilities such as <see cref="LogSoftmax"/> gives.
        /// </summary>
        /// <param name="logProbabilities">Floats of shape [.., classes].</param>
        /// <param name="labels">int32 or int64 of shape [..], each from 0 to classes - 1; another value is an error while running.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A loss per row, of shape [..].</returns>
        /// <exception cref="GraphException">The first are no floats, labels no integers, or their shapes do not fit.</exception>
        public static Node NegativeLogLikelihood(Node logProbabilities, Node labels,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Labelled("negative-log-likelihood", logProbabilities, labels, Origin.At(file, line), (x, label) => -AtLabel(x, label), null);

        /// <summary>Where the position along the last axis of <paramref name="x"/> is the row's label; labels are checked.</summary>
        internal static Node IsLabel(Node x, Node labels) =>
            Equal(Iota(x.Shape, -1, labels.DType), ExpandDims(CheckedIndex(labels, x.Shape[-1]), -1));

        // A select and a sum rather than a gather: it fuses with the loops over the row, and its adjoint needs no scatter.
        private static Node AtLabel(Node x, Node labels) => Sum(Where(IsLabel(x, labels), x, ZerosLike(x)), [-1]);

        private static Node Labelled(string title, Node x, Node labels, Origin origin, Func<Node, Node, Node> loss,
            Func<Computation, Call>? call)
        {
            GraphException Error(string problem, string fix) => GraphException.For(title, [x, labels], origin, problem, fix);
            if (!x.DType.IsFloat || !labels.DType.IsInteger)
                throw Error($"logits are {x.DType}, labels are {labels.DType}", "give float logits, and int32 or int64 labels");
            if (x.Rank != labels.Rank + 1 || !Fits(Shape.Of(x.Shape.Take(labels.Rank)), labels.Shape))
                throw Error($"logits of shape {x.Shape} want one label per row, labels have shape {labels.Shape}",
                    "classes are the last axis of logits, and labels lack it");
            return Call.Of(title, origin, [x, labels], a => loss(a[0], a[1]), call);
        }

        /// <summary>Whether shapes are equal, or may be once symbols are bound; 1 is no wildcard here.</summary>
        private static bool Fits(Shape a, Shape b) => a.Rank == b.Rank &&
            a.Zip(b).All(p => p.First == p.Second || (!(p.First - p.Second).IsConstant && p.First != Dim.One && p.Second != Dim.One));
    }
}
