using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Pairs of elements along the last axis turned by angles whose cosines and sines are given,
    /// <c>(a, b) → (a cos - b sin, a sin + b cos)</c>. Operands: x, cosines, sines; the latter of x's shape with half its
    /// last axis.
    /// </summary>
    /// <param name="Interleaved">Whether neighbours make a pair; else elements half the axis apart do.</param>
    /// <param name="Body">What it computes.</param>
    public sealed record Rotate(bool Interleaved, Computation Body) : Call("rotate", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Body = body };

        // The transpose of a rotation is the rotation back: one pass, where slices would each be padded and summed.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (ct[0] is not { } seed)
                return [null, null, null];
            var ((a, b), (u, v)) = (Pairs(x[0]), Pairs(seed.Value));
            var alive = seed.Alive is { } given && Pairs(given) is var (p, q) ? Ops.Or(p, q) : null;
            return
            [
                needed[0] ? Masked(Ops.Rotated(seed.Value, x[1], -x[2], Interleaved), alive is null ? null : Joined(alive, alive)) : null,
                needed[1] ? Masked(u * a + v * b, alive) : null,
                needed[2] ? Masked(v * a - u * b, alive) : null,
            ];
        }

        // Linear in x, and linear in cosines and sines taken together.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            Node? ofX = t[0] is { } moved ? Ops.Rotated(moved, x[1], x[2], Interleaved) : null;
            if (t[1] is null && t[2] is null)
                return [ofX];
            Node ofAngles = Ops.Rotated(x[0], t[1] ?? Ops.ZerosLike(x[1]), t[2] ?? Ops.ZerosLike(x[2]), Interleaved);
            return [ofX is null ? ofAngles : ofX + ofAngles];
        }

        private (Node, Node) Pairs(Node x) => Ops.Pairs(x, Interleaved);

        private Node Joined(Node a, Node b) => Ops.Joined(a, b, Interleaved);

        private static Cotangent Masked(Node value, Node? alive) =>
            alive is null ? new(value) : new(Ops.Where(alive, value, Ops.ZerosLike(value)), alive);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Rotary position embedding: pairs of elements of each head turn by angles that grow
        /// with the position, so that products of queries and keys depend on distances alone.
        /// </summary>
        /// <remarks>J. Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021.</remarks>
        /// <param name="x">Queries or keys, [batch, heads, length, width].</param>
        /// <param name="cosines"> Of the angles: [positions, n / 2] with <paramref name="positions"/>
        /// given, else [batch, length, n / 2]; the first n elements of a head turn, the others stay.
        /// </param>
        /// <param name="sines">Of the same shape.</param>
        /// <param name="positions">Integers, [batch, length]: which row of cosines and sines belongs to an element. Checked
        /// while running.</param>
        /// <param name="interleaved">Whether neighbours make a pair; else elements n / 2 apart do.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
        public static Node RotaryEmbedding(Node x, Node cosines, Node sines, Node? positions = null, bool interleaved = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            DemandRotary(origin, x, cosines, sines, positions);
            return Call.OfSome("rotary-embedding", origin, [x, cosines, sines, positions], a =>
            {
                // [batch, length, n / 2], the same for each head.
                Node PerHead(Node angles) => ExpandDims(a[3] is { } at ? Gather(angles, at) : angles, 1);
                Node cos = PerHead(a[1]!), sin = PerHead(a[2]!);
                var turned = cosines.Shape[-1] * 2;
                Node part = Slice(a[0]!, -1, 0, turned);
                Shape angle = part.Shape.With(-1, cosines.Shape[-1]);
                Node y = Rotated(part, BroadcastTo(cos, angle), BroadcastTo(sin, angle), interleaved);
                return [turned == x.Shape[-1] ? y : Concat([y, Slice(a[0]!, -1, turned)], -1)];
            })[0];
        }

        /// <inheritdoc cref="Rotate"/>
        internal static Node Rotated(Node x, Node cosines, Node sines, bool interleaved) =>
            Call.Of("rotate", Origin.At("", 0), [x, cosines, sines], o =>
            {
                var (a, b) = Pairs(o[0], interleaved);
                return Joined(a * o[1] - b * o[2], a * o[2] + b * o[1], interleaved);
            }, body => new Rotate(interleaved, body));

        /// <summary>First and second elements of the pairs along the last axis.</summary>
        internal static (Node First, Node Second) Pairs(Node x, bool interleaved)
        {
            var half = Dim.FloorDivide(x.Shape[-1], 2);
            return interleaved ? (Slice(x, -1, 0, step: 2), Slice(x, -1, 1, step: 2)) : (Slice(x, -1, 0, half), Slice(x, -1, half));
        }

        /// <summary>Pairs put back where they came from.</summary>
        internal static Node Joined(Node first, Node second, bool interleaved) => interleaved
            ? Reshape(Stack([first, second], -1), first.Shape.With(-1, first.Shape[-1] * 2))
            : Concat([first, second], -1);

        private static void DemandRotary(Origin origin, Node x, Node cosines, Node sines, Node? positions)
        {
            GraphException Error(string problem, string fix) =>
                GraphException.For("rotary-embedding", [x, cosines, sines], origin, problem, fix);
            DemandFloats("rotary-embedding", origin, x);
            if (x.Rank != 4)
                throw Error($"x has {x.Rank} axes", "give [batch, heads, length, width]");
            if (cosines.Type != sines.Type || cosines.DType != x.DType || cosines.Rank != (positions is null ? 3 : 2))
                throw Error($"cosines are {cosines.Type}, sines {sines.Type}", positions is null
                    ? "give both as [batch, length, n / 2], or positions beside a table" : "give both as [positions, n / 2]");
            if ((x.Shape[-1] - cosines.Shape[-1] * 2).TryConstant(out long rest) && rest < 0)
                throw Error($"{cosines.Shape[-1]} angles turn {cosines.Shape[-1] * 2} elements, a head has {x.Shape[-1]}",
                    "give at most half as many angles");
        }
    }
}
