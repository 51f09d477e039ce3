using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>What a division leaves. Integers divided by zero leave themselves, since their quotient is 0; floats leave NaN.</summary>
    public abstract record Division : Arithmetic
    {
        /// <inheritdoc/>
        public override int Cost => 20;

        /// <summary>a less the whole multiple of b toward zero, exact, with the sign of a.</summary>
        protected static Value Truncated(Body b, Value x, Value y)
        {
            if (!x.Type.IsFloat)
                return b.Subtract(x, b.Multiply(b.Divide(x, y), y));
            Value dividend = b.Abs(x), divisor = b.Abs(y), quotient = b.Divide(dividend, divisor);
            // A quotient that holds its fraction is right, or one too large: then the rest is negative. The rest is exact.
            Value rest = b.MultiplyAdd(b.Negate(b.Floor(quotient)), divisor, dividend);
            rest = b.Select(b.Less(rest, b.Zero(x)), b.Add(rest, divisor), rest);
            Value near = b.And(b.Less(quotient, b.Like(x, x.Type == DType.Float32 ? 1 << 22 : 1L << 51)),
                b.Less(divisor, b.Like(x, double.PositiveInfinity)));
            return b.Select(near, SignBit.Copy(b, rest, x), b.CallWhere(b.Not(near), Remaining, x, y));
        }

        /// <summary>Whether a rest must move by b to get the sign of b.</summary>
        protected static Value IsAgainst(Body b, Value rest, Value y)
        {
            Value zero = b.Zero(rest);
            return b.And(b.Not(b.Equal(rest, zero)), b.Xor(b.Less(rest, zero), b.Less(y, zero)));
        }

        // The runtime's is exact for any quotient, by long division.
        private static double Remaining(double x, double y) => x % y;
    }

    /// <summary>Remainder with the sign of the dividend, <c>y = a - b truncate(a / b)</c>, exact for any quotient: C's fmod.</summary>
    public sealed record Fmod : Division
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.OnesLike(y), -Ops.Truncate(x[0] / x[1])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => Truncated(b, x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] % x[1];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[1] == 0 ? x[0] : x[1] == -1 ? 0 : x[0] % x[1];
    }

    /// <summary>
    /// Remainder with the sign of the divisor, <c>y = a - b floor(a / b)</c>: Python's %. It is less than b in magnitude, also where
    /// a tiny a of the other sign would round it up to b.
    /// </summary>
    public sealed record Remainder : Division
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.OnesLike(y), -Ops.Floor(x[0] / x[1])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x)
        {
            Value rest = Truncated(b, x[0], x[1]), moved = b.Add(rest, x[1]);
            if (!rest.Type.IsFloat)
                return b.Select(IsAgainst(b, rest, x[1]), moved, rest);
            Value within = b.Select(b.And(b.Equal(moved, x[1]),
                b.Less(b.Abs(moved), b.Like(moved, double.PositiveInfinity))), SignBit.TowardZero(b, moved), moved);
            return b.Select(IsAgainst(b, rest, x[1]), within,
                b.Select(b.Equal(rest, b.Zero(rest)), SignBit.Copy(b, b.Abs(rest), x[1]), rest));
        }

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x)
        {
            double rest = x[0] % x[1];
            if (rest == 0)
                return Math.CopySign(0, x[1]);
            if (rest < 0 == x[1] < 0 || double.IsNaN(rest))
                return rest;
            return rest + x[1] == x[1] && double.IsFinite(x[1]) ? Math.CopySign(Math.BitDecrement(Math.Abs(x[1])), x[1]) : rest + x[1];
        }

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x)
        {
            long rest = x[1] == 0 ? x[0] : x[1] == -1 ? 0 : x[0] % x[1];
            return rest != 0 && x[1] != 0 && rest < 0 != x[1] < 0 ? rest + x[1] : rest;
        }
    }

    /// <summary>
    /// Quotient rounded down, <c>y = floor(a / b)</c>, in step with
    /// <see cref="Remainder"/>; an integer divided by zero is 0.
    /// </summary>
    public sealed record FloorDivide : Division
    {
        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.ZeroSlope;

        /// <inheritdoc/>
        public override int Cost => 30;

        // a less its remainder is a multiple of b: their quotient is whole but for rounding.
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x)
        {
            Value rest = Truncated(b, x[0], x[1]), quotient = b.Divide(b.Subtract(x[0], rest), x[1]);
            Value down = b.Select(IsAgainst(b, rest, x[1]), b.Subtract(quotient, b.One(quotient)), quotient);
            if (!rest.Type.IsFloat)
                return b.Select(b.Equal(x[1], b.Zero(x[1])), b.Zero(x[1]), down);
            Value plain = b.Divide(x[0], x[1]);
            return b.Select(b.Equal(b.Abs(plain), b.Like(plain, double.PositiveInfinity)), plain, b.Round(down));
        }

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x)
        {
            double quotient = Math.Floor(x[0] / x[1]), rest = Math.FusedMultiplyAdd(-quotient, x[1], x[0]);
            return rest != 0 && double.IsFinite(rest) && rest < 0 != x[1] < 0 ? quotient - 1 : quotient;
        }

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x)
        {
            if (x[1] is 0 or -1)
                return unchecked(-x[0] * -x[1]);
            return x[0] / x[1] - (x[0] % x[1] != 0 && x[0] < 0 != x[1] < 0 ? 1 : 0);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Fmod"/>
        public static Node Fmod(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Fmod(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Fmod"/>
        public static Node Fmod(Node a, double b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Fmod(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Remainder"/>
        public static Node Remainder(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Remainder(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Remainder"/>
        public static Node Remainder(Node a, double b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Remainder(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.FloorDivide"/>
        public static Node FloorDivide(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new FloorDivide(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.FloorDivide"/>
        public static Node FloorDivide(Node a, double b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new FloorDivide(), Origin.At(file, line), a, b);
    }
}
