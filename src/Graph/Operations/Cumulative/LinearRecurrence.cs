using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// First-order linear recurrence along an axis, <c>y[k] = a[k] y[k-1] + b[k]</c> from <c>y[0] = b[0]</c>: moving
    /// averages, compound interest, linear state spaces; and what the derivatives of all cumulative ops are made of.
    /// </summary>
    /// <param name="Axis">The axis that it runs along.</param>
    /// <param name="Reverse">Whether it starts at the end.</param>
    /// <param name="Departing">Whether a factor stands where it is applied from, <c>y[k] = a[k-1] y[k-1] + b[k]</c>: the
    /// adjoint's form.</param>
    public sealed record LinearRecurrence(int Axis, bool Reverse, bool Departing) : Cumulative(Axis, Reverse)
    {
        /// <summary>
        /// Whether a third operand, of truth values, stands beside the factors and tells where nothing is carried over, not
        /// even infinities and NaN: where a segment begins (departing: where it ends).
        /// </summary>
        public bool Segmented { get; init; }

        /// <inheritdoc/>
        public override string Label => base.Label + (Departing ? " departing" : "") + (Segmented ? " segmented" : "");

        /// <inheritdoc/>
        protected override int OperandCount => Segmented ? 3 : 2;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(OperandCount);
            x.RequireDType(0, d => d.IsFloat, "float32 or float64");
            x.RequireSameDType(0, 1);
            x.RequireSameShape(0, 1);
            if (Segmented)
            {
                x.RequireDType(2, d => d == DType.Bool, "bool");
                x.RequireSameShape(0, 2);
            }
            return base.Infer(x);
        }

        // Departing: the product is kept instead of the last result.
        /// <inheritdoc/>
        protected override ImmutableArray<Local> Start(Procedure p, DType type) => [p.Local(p.Number(type, 0))];

        /// <inheritdoc/>
        protected override ImmutableArray<Formula> Step(Procedure p, ImmutableArray<Local> kept, ImmutableArray<Formula> x,
            Formula at)
        {
            Formula Carried(Formula product) => Segmented ? x[2].Choose(0, product) : product;
            var y = p.Let((Departing ? kept[0].Value : Carried(x[0] * kept[0].Value)) + x[1]);
            kept[0].Value = Departing ? Carried(x[0] * y) : y;
            return [y];
        }

        /// <inheritdoc/>
        protected override T[][] Reference<T>(T[][] x)
        {
            var y = new T[x[1].Length];
            for (int k = 0; k < y.Length; k++)
            {
                int factor = Departing ? k - 1 : k;
                bool alone = k == 0 || (Segmented && x[2][factor] != T.Zero);
                y[k] = alone ? x[1][k] : x[0][factor] * y[k - 1] + x[1][k];
            }
            return [y];
        }

        // b' runs back along the same factors, l[k] = y'[k] + a[k+1] l[k+1]; the factor into k takes y[k-1] l[k].
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (ct[0] is not { } seed)
                return [null, null, .. Cuts(x).Select(_ => (Cotangent?)null)];
            var terms = Reached(x, seed);
            Cotangent factors = new(Departing ? After(terms.Value) * y[0] : terms.Value * Before(y[0]));
            return [needed[0] ? Segmented ? Select.Branch(factors, Ops.Not(x[2])) : factors : null,
                needed[1] ? terms : null, .. Cuts(x).Select(_ => (Cotangent?)null)];
        }

        // What of the results each term reaches; within segments, it is alive where one of those is.
        private Cotangent Reached(ImmutableArray<Node> x, Cotangent seed)
        {
            Node Back(Node factors, Node terms) => Node.Of(this with { Reverse = !Reverse, Departing = !Departing },
                seed.Value.Apply.Origin, [factors, terms, .. Cuts(x)]);
            var value = Back(x[0], seed.Value);
            if (!Segmented || seed.Alive is not { } predicate)
                return Guarded(seed, value);
            var alive = Back(Ops.OnesLike(x[0]), Ops.Convert(predicate, x[0].DType)) > 0;
            return new(Ops.Where(alive, value, Ops.ZerosLike(value)), alive);
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            Node Carried(Node product) => Segmented ? Ops.Where(x[2], Ops.ZerosLike(product), product) : product;
            var moved = t[0] is { } a ? Departing ? Before(Carried(a * y[0])) : Carried(a * Before(y[0])) : null;
            var terms = moved is null ? t[1] : t[1] is { } b ? moved + b : moved;
            return [terms is null ? null : Node.Of(this, y[0].Apply.Origin, [x[0], terms, .. Cuts(x)])];
        }

        private static ImmutableArray<Node> Cuts(ImmutableArray<Node> x) => x[2..];
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>First-order linear recurrence along an axis, <c>y[k] = a[k] y[k-1] + b[k]</c> from <c>y[0] = b[0]</c>.</summary>
        /// <param name="a">Factors; the first one is not used.</param>
        /// <param name="b">Terms, of a shape that broadcasts with that of the factors.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="reverse">Starts at the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, or operands do not fit or are no floats.</exception>
        public static Node LinearRecurrence(Node a, Node b, int axis = -1, bool reverse = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            int rank = Math.Max(a.Rank, b.Rank);
            return Broadcasting(new LinearRecurrence(axis < 0 ? axis + rank : axis, reverse, false), Origin.At(file, line), a, b);
        }
    }
}
