using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>|a| with the sign bit of b, which zeros and NaN have too. Its slope in a is the product of the signs, 0 at a = 0.</summary>
    public sealed record CopySign : Elementwise
    {
        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        public override int Cost => 3;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            [Ops.Sign(x[0]) * Ops.CopySign(Ops.OnesLike(y), x[1]), null];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => SignBit.Copy(b, b.Abs(x[0]), x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.CopySign(x[0], x[1]);
    }

    /// <summary>Work on the bits of floats in kernel IR.</summary>
    internal static class SignBit
    {
        /// <summary>A number without sign, with the sign bit of another.</summary>
        public static Value Copy(Body b, Value magnitude, Value sign)
        {
            DType whole = Integer(sign.Type);
            Value bit = b.And(b.BitCast(sign, whole), b.ConstantBits(whole, sign.Type == DType.Float32 ? 1L << 31 : long.MinValue));
            return b.BitCast(b.Or(b.BitCast(magnitude, whole), bit), sign.Type);
        }

        /// <summary>The next number toward zero; x is not zero.</summary>
        public static Value TowardZero(Body b, Value x)
        {
            Value bits = b.BitCast(x, Integer(x.Type));
            return b.BitCast(b.Subtract(bits, b.One(bits)), x.Type);
        }

        private static DType Integer(DType type) => type == DType.Float32 ? DType.Int32 : DType.Int64;
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.CopySign"/>
        public static Node CopySign(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new CopySign(), Origin.At(file, line), a, b);
    }
}
