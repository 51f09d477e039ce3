using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary><c>y[k] = log(e^x[0] + ... + e^x[k])</c>, scaled by the largest so far so that nothing overflows.</summary>
    /// <param name="Axis">The axis that it runs along.</param>
    /// <param name="Reverse">Whether it starts at the end.</param>
    public sealed record CumulativeLogSumExp(int Axis, bool Reverse) : Cumulative(Axis, Reverse)
    {
        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            x.RequireDType(0, d => d.IsFloat, "float32 or float64");
            return base.Infer(x);
        }

        // The largest element so far, and the sum of e^(x - largest).
        /// <inheritdoc/>
        protected override ImmutableArray<Local> Start(Procedure p, DType type) =>
            [p.Local(p.Number(type, double.NegativeInfinity)), p.Local(p.Number(type, 0))];

        /// <inheritdoc/>
        protected override ImmutableArray<Formula> Step(Procedure p, ImmutableArray<Local> kept, ImmutableArray<Formula> x, Formula at)
        {
            var (largest, sum) = (kept[0], kept[1]);
            var next = p.Let(largest.Value.Max(x[0]));
            var scale = p.Let((next.Abs() < double.PositiveInfinity).Choose(next, 0));   // infinities scale themselves
            sum.Value = sum.Value * (largest.Value - scale).Exp() + (x[0] - scale).Exp();
            largest.Value = next;
            return [scale + sum.Value.Log()];
        }

        /// <inheritdoc/>
        protected override T[][] Reference<T>(T[][] x)
        {
            double[] line = [.. x[0].Select(double.CreateChecked)];
            return [[.. line.Select((_, k) => T.CreateChecked(OfSome(line[..(k + 1)])))]];
        }

        private static double OfSome(double[] x)
        {
            double largest = x.Max(), scale = double.IsFinite(largest) ? largest : 0;
            return x.Any(double.IsNaN) ? double.NaN : scale + Math.Log(x.Sum(v => Math.Exp(v - scale)));
        }

        // x'[i] = e^(x[i] - y[i]) s[i] with s[i] = y'[i] + e^(y[i] - y[i+1]) s[i+1]: no exponent is above 0.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var sums = Node.Of(new LinearRecurrence(Axis, !Reverse, true), y[0].Apply.Origin,
                Ratio(Before(y[0], double.NegativeInfinity), y[0]), seed.Value);
            return [Guarded(seed, Ratio(x[0], y[0]) * sums)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is not { } tangent ? null : Node.Of(new LinearRecurrence(Axis, Reverse, false), y[0].Apply.Origin,
                Ratio(Before(y[0], double.NegativeInfinity), y[0]), Ratio(x[0], y[0]) * tangent)];

        // e^(part - whole), 0 where the whole is nothing.
        private static Node Ratio(Node part, Node whole) =>
            Ops.Where(whole > double.NegativeInfinity, Ops.Exp(part - whole), Ops.ZerosLike(whole));
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary><c>y[k] = log(e^x[0] + ... + e^x[k])</c> along an axis, without overflow.</summary>
        /// <param name="x">float32 or float64.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="reverse">Starts at the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, or x holds no floats.</exception>
        public static Node CumulativeLogSumExp(Node x, int axis = -1, bool reverse = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new CumulativeLogSumExp(axis < 0 ? axis + x.Rank : axis, reverse), Origin.At(file, line), x);
    }
}
