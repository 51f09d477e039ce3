using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// A function of whole rows along an axis, with a derivative rule
    /// of its own: shorter than the one that its body would give.
    /// </summary>
    /// <param name="Title">The composite's name.</param>
    /// <param name="Axis">The axis that rows run along, not negative.</param>
    /// <param name="Body">What it computes.</param>
    public abstract record RowCall(string Title, int Axis, Computation Body) : Call(Title, Body)
    {
        /// <inheritdoc/>
        public override string Label => $"{Name} [{Axis}]";

        /// <inheritdoc/>
        public sealed override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected sealed override Call Batched(Computation body) => this with { Axis = Axis + 1, Body = body };

        /// <summary>The cotangent of x from that of y: linear in <paramref name="v"/>.</summary>
        protected abstract Node Pull(Node y, Node v);

        /// <summary>The tangent of y from that of x: linear in <paramref name="v"/>.</summary>
        protected abstract Node Push(Node y, Node v);

        /// <summary>Sums over each row, which stay with extent 1.</summary>
        protected Node Total(Node v) => Ops.Sum(v, [Axis], keepDims: true);

        // The elements of a row meet in sums, so a row is alive where any of its elements is. Dead rows may hold NaN.
        /// <inheritdoc/>
        public sealed override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var value = Pull(y[0], seed.Value);
            if (seed.Alive is null)
                return [new(value)];
            var alive = Ops.BroadcastTo(Ops.Any(seed.Alive, [Axis], keepDims: true), value.Shape);
            return [new(Ops.Where(alive, value, Ops.ZerosLike(value)), alive)];
        }

        /// <inheritdoc/>
        public sealed override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Push(y[0], tangent) : null];
    }

    /// <summary>Softmax, <c>y = e^x / sum(e^x)</c> along an axis, shifted by the maximum. A row of -∞ gives NaN.</summary>
    /// <param name="Axis">The axis that sums to 1.</param>
    /// <param name="Body">What it computes.</param>
    public sealed record Softmax(int Axis, Computation Body) : RowCall("softmax", Axis, Body)
    {
        // The Jacobian diag(y) - y yᵀ is symmetric.
        /// <inheritdoc/>
        protected override Node Pull(Node y, Node v) => y * (v - Total(v * y));

        /// <inheritdoc/>
        protected override Node Push(Node y, Node v) => Pull(y, v);
    }

    /// <summary>
    /// Logarithm of softmax, <c>y = x - log(sum(e^x))</c> along an
    /// axis, shifted by the maximum: finite where softmax underflows.
    /// </summary>
    /// <param name="Axis">The axis along which e^y sums to 1.</param>
    /// <param name="Body">What it computes.</param>
    public sealed record LogSoftmax(int Axis, Computation Body) : RowCall("log-softmax", Axis, Body)
    {
        // The Jacobian is 1 - 1 sᵀ with s = e^y, its transpose 1 - s 1ᵀ.
        /// <inheritdoc/>
        protected override Node Pull(Node y, Node v) => v - Ops.Exp(y) * Total(v);

        /// <inheritdoc/>
        protected override Node Push(Node y, Node v) => v - Total(Ops.Exp(y) * v);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Softmax"/>
        /// <param name="x">A tensor of floats.</param>
        /// <param name="axis">The axis that sums to 1; negative ones count from the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">The elements are no floats, or there is no such axis.</exception>
        public static Node Softmax(Node x, int axis = -1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            int row = AxisOf("softmax", x, axis, x.Rank, origin);
            return Call.Of("softmax", origin, [x], a =>
            {
                Node e = Exp(a[0] - Shift(a[0], row));
                // the sum is at least 1; dividing each element by it takes as long as e^x
                return e * Reciprocal(Sum(e, [row], keepDims: true));
            }, body => new Softmax(row, body));
        }

        /// <inheritdoc cref="Operations.LogSoftmax"/>
        /// <param name="x">A tensor of floats.</param>
        /// <param name="axis">The axis along which e^y sums to 1; negative ones count from the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">The elements are no floats, or there is no such axis.</exception>
        public static Node LogSoftmax(Node x, int axis = -1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            int row = AxisOf("log-softmax", x, axis, x.Rank, origin);
            return Call.Of("log-softmax", origin, [x], a =>
            {
                Node z = a[0] - Shift(a[0], row);
                return z - Log(Sum(Exp(z), [row], keepDims: true));
            }, body => new LogSoftmax(row, body));
        }

        private static Node Shift(Node x, int axis) => StopGradient(Max(x, [axis], keepDims: true));
    }
}
