using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>A node that enters from outside or is known: it has no operands, and passes never rebuild it.</summary>
    public abstract record Leaf : Op
    {
        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;
    }

    /// <summary>An argument of a call.</summary>
    /// <param name="Key">Its name.</param>
    /// <param name="Type">Its type.</param>
    public sealed record InputOp(string Key, TensorType Type) : Leaf
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => Notation.Name(Key, style);

        /// <inheritdoc/>
        public override string Name => "input";

        /// <inheritdoc/>
        public override string Label => $"input '{Key}'";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x) => [Type];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) =>
            throw new NotSupportedException($"{Label} gets its value from the caller.");
    }

    /// <summary>The value of a variable at the start of a call.</summary>
    /// <param name="Key">Its name.</param>
    /// <param name="Variable">Its declaration.</param>
    public sealed record VariableRead(string Key, Variable Variable) : Leaf
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => Notation.Name(Key, style);

        /// <inheritdoc/>
        public override string Name => "variable";

        /// <inheritdoc/>
        public override string Label => $"variable '{Key}'";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x) => [Variable.Type];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) =>
            throw new NotSupportedException($"{Label} gets its value from a store.");
    }

    /// <summary>Values known when the graph is built. Compared by bits: +0 and -0 differ.</summary>
    public sealed record Constant : Leaf
    {
        private readonly long[] bits;
        private readonly int hash;

        private Constant(TensorType type, HostTensor values, long[] bits)
        {
            (Type, Values, this.bits) = (type, values, bits);
            var code = new HashCode();
            foreach (long b in bits)
                code.Add(b);
            hash = HashCode.Combine(type, code.ToHashCode());
        }

        /// <summary>Element type and shape; all extents are numbers.</summary>
        public TensorType Type { get; }

        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => Type.Rank > 0 ? Notation.Name("constant", style)
            : Type.DType == DType.Bool ? Notation.Name(ScalarBits != 0 ? "true" : "false", style)
            : Notation.Number(Type.DType == DType.Float32
                ? double.Parse(Label, System.Globalization.CultureInfo.InvariantCulture) : Splat!.Value, style);

        /// <summary>The elements. Not to be written to.</summary>
        public HostTensor Values { get; }

        /// <summary>
        /// The value as a double where this is a single element (a
        /// splat is a broadcast of one); NaN never matches a pattern.
        /// </summary>
        public double? Splat => Type.Rank == 0 ? Type.DType.Visit(new AsDouble(bits[0])) : null;

        /// <summary>The bits of the single element of a scalar.</summary>
        public long ScalarBits => bits[0];

        /// <inheritdoc/>
        public override string Label => Type.Rank == 0 ? Type.DType.Visit(new AsText(bits[0])) : "constant";

        /// <summary>A copy of the elements of <paramref name="values"/>.</summary>
        public static Constant Of(HostTensor values)
        {
            var type = new TensorType(values.DType, Shape.Of(values.Shape.ToArray().Select(Dim.Of)));
            var copy = HostTensor.From((Array)values.Data.Clone(), values.Shape);
            return new(type, copy, type.DType.Visit(new AllBits(copy)));
        }

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x) => [Type];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => [Values];

        /// <inheritdoc/>
        public bool Equals(Constant? other) =>
            other is not null && hash == other.hash && Type == other.Type && bits.AsSpan().SequenceEqual(other.bits);

        /// <inheritdoc/>
        public override int GetHashCode() => hash;

        private readonly struct AllBits(HostTensor values) : IDTypeVisitor<long[]>
        {
            public long[] Visit<T>() where T : unmanaged => Array.ConvertAll(values.ToArray<T>(), Bits.From);
        }

        private readonly struct AsDouble(long bits) : IDTypeVisitor<double>
        {
            public double Visit<T>() where T : unmanaged => Bits.ToDouble(Bits.To<T>(bits));
        }

        private readonly struct AsText(long bits) : IDTypeVisitor<string>
        {
            public string Visit<T>() where T : unmanaged =>
                Convert.ToString(Bits.To<T>(bits), System.Globalization.CultureInfo.InvariantCulture) ?? "";

            private static class Convert
            {
                public static string? ToString(object value, IFormatProvider format) => System.Convert.ToString(value, format);
            }
        }
    }
}

namespace Adjoint
{
    /// <summary>Everything that can be done with nodes. Meant for <c>using static Adjoint.Ops;</c>.</summary>
    /// <remarks>Each op's file adds its own members here, beside its record.</remarks>
    public static partial class Ops
    {
        /// <summary>An argument of a call: extents are numbers or names, and names are bound and checked by each call.</summary>
        /// <exception cref="ArgumentException">The name is empty.</exception>
        public static Node Input(string name, DType dtype, Shape shape, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            return Node.Of(new InputOp(name, new(dtype, shape)), Origin.At(file, line));
        }

        /// <summary>Values known now: an array of any rank, a number, or a host tensor. They are copied.</summary>
        public static Node Constant(HostTensor values, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(Operations.Constant.Of(values), Origin.At(file, line));

        /// <summary>A scalar of type <paramref name="dtype"/>: <paramref name="value"/> rounded to it.</summary>
        public static Node Scalar(DType dtype, double value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(Operations.Constant.Of(dtype.Visit(new ScalarOf(value))), Origin.At(file, line));

        private readonly struct ScalarOf(double value) : IDTypeVisitor<HostTensor>
        {
            public HostTensor Visit<T>() where T : unmanaged => HostTensor.Scalar(Bits.FromDouble<T>(value));
        }
    }
}
