using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>What random bits (int32 words) become; exact, or rounded once.</summary>
public abstract record RandomWords : Elementwise
{
    /// <inheritdoc/>
    public sealed override Differentiability Differentiability => Differentiability.Discrete;

    /// <summary>The element type of the result.</summary>
    protected abstract DType Result { get; }

    /// <inheritdoc/>
    protected sealed override DType ResultType(Inference x)
    {
        for (int i = 0; i < x.Count; i++)
            x.RequireDType(i, d => d == DType.Int32, "int32");
        return Result;
    }

    /// <summary>Both words as the halves of one, the second one higher.</summary>
    private protected static Value Joined(Body b, Value low, Value high) =>
        b.Or(b.And(b.Convert(low, DType.Int64), b.ConstantBits(DType.Int64, uint.MaxValue)),
            b.ShiftLeft(b.Convert(high, DType.Int64), 32));

    /// <inheritdoc cref="Joined(Body, Value, Value)"/>
    private protected static long Joined(long low, long high) => (low & uint.MaxValue) | high << 32;
}

/// <summary>Two int32 words as one int64, the second one higher.</summary>
public sealed record JoinWords : RandomWords
{
    /// <inheritdoc/>
    public override int Arity => 2;

    /// <inheritdoc/>
    protected override DType Result => DType.Int64;

    /// <inheritdoc/>
    public override Value Lower(Body b, ReadOnlySpan<Value> x) => Joined(b, x[0], x[1]);

    /// <inheritdoc/>
    public override double Reference(ReadOnlySpan<double> x) =>
        throw new NotSupportedException("join-words takes int32 only.");

    /// <inheritdoc/>
    public override long Reference(ReadOnlySpan<long> x) => Joined(x[0], x[1]);
}

/// <summary>Words as a number between 0 and 1.</summary>
/// <param name="To">float32, from one word, or float64, from two.</param>
public abstract record WordsAsNumber(DType To) : RandomWords
{
    /// <inheritdoc/>
    public sealed override string Label => $"{Name} {To}";

    /// <inheritdoc/>
    public sealed override int Arity => To == DType.Float32 ? 1 : 2;

    /// <inheritdoc/>
    public sealed override int Cost => 5;

    /// <inheritdoc/>
    protected sealed override DType Result => To;

    /// <summary>How many bits there are.</summary>
    private protected int Bits => To == DType.Float32 ? 32 : 64;

    /// <summary>The words as one, with bits dropped at its end.</summary>
    private protected static Value Shifted(Body b, ReadOnlySpan<Value> x, int by) =>
        b.ShiftRightLogical(x.Length == 1 ? x[0] : Joined(b, x[0], x[1]), by);

    /// <summary>The number for all bits, without sign.</summary>
    protected abstract double Of(ulong bits);

    /// <inheritdoc/>
    public sealed override double Reference(ReadOnlySpan<double> x) =>
        throw new NotSupportedException($"{Name} takes int32 only.");

    /// <inheritdoc/>
    public sealed override ImmutableArray<HostTensor> Evaluate(Evaluation e)
    {
        var y = e.Allocate();
        var (low, high) = (e.Inputs[0].DType.Visit(new Elements.Longs(e.Inputs[0])),
            e.Inputs[^1].DType.Visit(new Elements.Longs(e.Inputs[^1])));
        var write = y.DType.Visit(new Elements.FromDoubles(y));
        for (int i = 0; i < y.Length; i++)
            write(i, Of(unchecked((ulong)(Arity == 1 ? low(i) & uint.MaxValue : Joined(low(i), high(i))))));
        return [y];
    }
}

/// <summary>
/// The upper bits of words as a multiple of their weight, from 0 to 1, which is never reached: 24 bits of one word, or
/// 53 of two.
/// </summary>
/// <param name="To">float32, from one word, or float64, from two.</param>
public sealed record UnitInterval(DType To) : WordsAsNumber(To)
{
    private int Kept => To == DType.Float32 ? 24 : 53;

    /// <inheritdoc/>
    public override Value Lower(Body b, ReadOnlySpan<Value> x) =>
        b.Multiply(b.Convert(Shifted(b, x, Bits - Kept), To), b.Constant(To, Math.ScaleB(1, -Kept)));

    /// <inheritdoc/>
    protected override double Of(ulong bits) => Math.ScaleB(bits >> (Bits - Kept), -Kept);
}

/// <summary>
/// All bits of words but one, in the middle of their interval, from above 0 to 1: small numbers keep
/// all their digits, so that logarithms have long tails. 1 itself is what the last few round to.
/// </summary>
/// <param name="To">float32, from one word, or float64, from two.</param>
public sealed record PositiveUnit(DType To) : WordsAsNumber(To)
{
    /// <inheritdoc/>
    public override Value Lower(Body b, ReadOnlySpan<Value> x) =>
        b.Multiply(b.Add(b.Convert(Shifted(b, x, 1), To), b.Constant(To, 0.5)),
            b.Constant(To, Math.ScaleB(1, 1 - Bits)));

    /// <inheritdoc/>
    protected override double Of(ulong bits) => Math.ScaleB((bits >> 1) + 0.5, 1 - Bits);
}
