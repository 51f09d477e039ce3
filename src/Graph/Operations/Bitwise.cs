using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Integers from the bits of integers of one type, elementwise.</summary>
    public abstract record Bitwise : Elementwise
    {
        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        public sealed override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d.IsInteger, "int32 or int64");
            return SameDType(x);
        }

        /// <inheritdoc/>
        public sealed override double Reference(ReadOnlySpan<double> x) => throw new NotSupportedException($"{Name} takes integers only.");
    }

    /// <summary>Bitwise and of integers.</summary>
    public sealed record BitwiseAnd : Bitwise
    {
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.And(x[0], x[1]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] & x[1];
    }

    /// <summary>Bitwise or of integers.</summary>
    public sealed record BitwiseOr : Bitwise
    {
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Or(x[0], x[1]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] | x[1];
    }

    /// <summary>Bitwise exclusive or of integers.</summary>
    public sealed record BitwiseXor : Bitwise
    {
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Xor(x[0], x[1]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] ^ x[1];
    }

    /// <summary>Bitwise complement of integers, <c>y = -x - 1</c>.</summary>
    public sealed record BitwiseNot : Bitwise
    {
        /// <inheritdoc/>
        public override int Arity => 1;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Not(x[0]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => ~x[0];
    }

    /// <summary>Where the bits of a shift go, and what comes in.</summary>
    public enum BitDirection
    {
        /// <summary>To higher places; zeros come in.</summary>
        Left,

        /// <summary>To lower places; copies of the sign come in: a division that rounds down.</summary>
        Right,

        /// <summary>To lower places; zeros come in.</summary>
        RightLogical,
    }

    /// <summary>
    /// Bits of a moved by b places. A count of the width and more, and a negative
    /// one, which counts as such, moves all of them out: 0, or the sign repeated.
    /// </summary>
    /// <param name="Direction">Where to.</param>
    public sealed record BitShift(BitDirection Direction) : Bitwise
    {
        /// <inheritdoc/>
        public override string Label => $"bit-shift {Direction}";

        /// <inheritdoc/>
        public override int Cost => 24;

        // A shift by each power of two that the count holds: registers shift by one count for all lanes.
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x)
        {
            var (y, count, width) = (x[0], x[1], 8 * x[0].Type.Size);
            for (int places = 1; places < width; places *= 2)
                y = b.Select(b.Equal(b.And(count, b.Like(count, places)), b.Zero(count)), y, By(b, y, places));
            Value gone = Direction == BitDirection.Right ? b.ShiftRight(x[0], width - 1) : b.Zero(x[0]);
            return b.Select(b.Equal(b.And(count, b.Like(count, -width)), b.Zero(count)), y, gone);
        }

        private Value By(Body b, Value x, int places) => Direction switch
        {
            BitDirection.Left => b.ShiftLeft(x, places),
            BitDirection.Right => b.ShiftRight(x, places),
            _ => b.ShiftRightLogical(x, places),
        };

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => throw new NotSupportedException($"{Name} needs the width of its operands.");

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x, DType type)
        {
            bool inside = x[1] >= 0 && x[1] < 8 * type.Size;
            return Direction switch
            {
                BitDirection.Left => inside ? x[0] << (int)x[1] : 0,
                BitDirection.Right => x[0] >> (inside ? (int)x[1] : 63),
                _ => inside ? (long)((type == DType.Int32 ? (uint)x[0] : (ulong)x[0]) >> (int)x[1]) : 0,
            };
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.BitwiseAnd"/>
        public static Node BitwiseAnd(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new BitwiseAnd(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.BitwiseOr"/>
        public static Node BitwiseOr(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new BitwiseOr(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.BitwiseXor"/>
        public static Node BitwiseXor(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new BitwiseXor(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.BitwiseNot"/>
        public static Node BitwiseNot(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new BitwiseNot(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.BitShift"/>
        public static Node BitShift(Node a, Node places, BitDirection direction,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new BitShift(direction), Origin.At(file, line), a, places);
    }
}
