using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Power, <c>y = a^b</c>, as C99 pow: 0^0 is 1, and a negative base wants a whole exponent.</summary>
    public sealed record Pow : Elementwise
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].To(x[1]);

        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        public override int Cost => 45;

        // dy/da = b a^(b-1), but 0 where b = 0; dy/db = y log a, but 0 where a = 0 and b >= 0. NaN for a < 0: there is no slope in b.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y)
        {
            var (a, b, zero) = (x[0], x[1], Ops.ZerosLike(y));
            return
            [
                Ops.Where(Ops.Equal(b, zero), zero, b * Ops.Pow(a, b - 1)),
                Ops.Where(Ops.And(Ops.Equal(a, zero), b >= zero), zero, y * Ops.Log(a)),
            ];
        }

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Pow(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Pow(x[0], x[1]);
    }

    /// <summary>
    /// Power with a whole exponent known now, <c>y = x^n</c>, by repeated
    /// squaring: also for negative x, and for integers if n >= 0.
    /// </summary>
    /// <param name="Exponent">n.</param>
    public sealed record PowInteger(int Exponent) : NumberUnary
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].To(Notation.Number(Exponent, style));

        /// <inheritdoc/>
        public override string Label => $"pow {Exponent}";

        /// <inheritdoc/>
        public override int Cost => Math.Max(1,
            2 * System.Numerics.BitOperations.Log2((uint)Math.Abs((long)Exponent) | 1)) + (Exponent < 0 ? 4 : 0);

        /// <inheritdoc/>
        protected override DType ResultType(Inference x) => Exponent >= 0 || x[0].DType.IsFloat ? base.ResultType(x)
            : throw x.Error($"{x[0].DType} to the power {Exponent} is no integer", "convert it first, e.g. Convert(x, DType.Float32)");

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
        [
            Exponent switch
            {
                0 => null,
                1 => Ops.OnesLike(y),
                2 => 2 * x[0],
                _ => Exponent * Ops.Pow(x[0], Exponent - 1),
            },
        ];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x)
        {
            var (square, product) = (x[0], b.One(x[0]));
            for (long n = Math.Abs((long)Exponent); n > 0; n >>= 1)
            {
                if ((n & 1) == 1)
                    product = product == b.One(x[0]) ? square : b.Multiply(product, square);
                if (n > 1)
                    square = b.Multiply(square, square);
            }
            return Exponent < 0 ? b.Divide(b.One(x[0]), product) : product;
        }

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Pow(x[0], Exponent);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x)
        {
            long product = 1;
            for (int i = 0; i < Exponent; i++)
                product = unchecked(product * x[0]);
            return product;
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Pow"/>
        public static Node Pow(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Pow(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Pow"/>
        public static Node Pow(Node a, double b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Pow(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Pow"/>
        public static Node Pow(double a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Pow(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.PowInteger"/>
        public static Node Pow(Node x, int exponent, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new PowInteger(exponent), Origin.At(file, line), x);
    }
}
