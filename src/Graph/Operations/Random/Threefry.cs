using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// A word of the block cipher Threefry-2x32 with 20 rounds: from a key (operands 0 and 1) and a counter (2 and 3), int32 each. A pure
/// function, so any thread, any order and any number of lanes give the same bits. J. Salmon, M. Moraes, R. Dror and D. Shaw,
/// "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
/// </summary>
/// <param name="Word">Which of the two words of the result: 0 or 1.</param>
public sealed record Threefry(int Word) : Elementwise
{
    private const int Parity = 0x1BD11BDA;
    private static readonly ImmutableArray<int> Rotations = [13, 15, 26, 6, 17, 29, 16, 24];

    /// <inheritdoc/>
    public override int Arity => 4;

    /// <inheritdoc/>
    public override int Cost => 110;

    /// <inheritdoc/>
    public override string Label => $"threefry {Word}";

    /// <inheritdoc/>
    public override Differentiability Differentiability => Differentiability.Discrete;

    /// <inheritdoc/>
    protected override DType ResultType(Inference x)
    {
        for (int i = 0; i < x.Count; i++)
            x.RequireDType(i, d => d == DType.Int32, "int32");
        return DType.Int32;
    }

    /// <inheritdoc/>
    public override Value Lower(Body b, ReadOnlySpan<Value> x)
    {
        Value[] keys = [x[0], x[1], b.Xor(b.Xor(x[0], x[1]), b.Constant(DType.Int32, Parity))];
        var (p, q) = (b.Add(x[2], keys[0]), b.Add(x[3], keys[1]));
        for (int round = 0; round < 20; round++)
        {
            int by = Rotations[round % 8];
            p = b.Add(p, q);
            q = b.Xor(b.Or(b.ShiftLeft(q, by), b.ShiftRightLogical(q, 32 - by)), p);
            if (round % 4 != 3)
                continue;
            int injection = round / 4 + 1;
            p = b.Add(p, keys[injection % 3]);
            q = b.Add(b.Add(q, keys[(injection + 1) % 3]), b.Constant(DType.Int32, injection));
        }
        return Word == 0 ? p : q;
    }

    /// <inheritdoc/>
    public override double Reference(ReadOnlySpan<double> x) => throw new NotSupportedException("threefry takes int32 only.");

    /// <inheritdoc/>
    public override long Reference(ReadOnlySpan<long> x)
    {
        uint k0 = unchecked((uint)x[0]), k1 = unchecked((uint)x[1]);
        var (first, second) = Block((k0, k1), (unchecked((uint)x[2]), unchecked((uint)x[3])));
        return unchecked((int)(Word == 0 ? first : second));
    }

    /// <summary>The cipher: four rounds, then a key of the schedule, five times.</summary>
    public static (uint First, uint Second) Block((uint First, uint Second) key, (uint First, uint Second) counter)
    {
        uint[] schedule = [key.First, key.Second, key.First ^ key.Second ^ Parity];
        var (p, q) = unchecked((counter.First + schedule[0], counter.Second + schedule[1]));
        for (uint group = 0; group < 5; group++)
        {
            for (int r = 0; r < 4; r++)
                (p, q) = unchecked((p + q, BitOperations.RotateLeft(q, Rotations[(int)(group % 2) * 4 + r]) ^ (p + q)));
            p = unchecked(p + schedule[(group + 1) % 3]);
            q = unchecked(q + schedule[(group + 2) % 3] + group + 1);
        }
        return (p, q);
    }
}
