using System.Collections.Immutable;
using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// Matrix products that are too thin to fill the registers of a tile become sums of products, which fuse with what makes their operands and
/// with what becomes of them. A product over a few positions is a map: each element of the result takes as many multiplications as it
/// takes bytes to store it. One of a few columns is as many sums along rows, which read the large operand once.
/// </summary>
public static class ThinProducts
{
    /// <summary>Positions summed over up to which a product is a map, and columns up to which it is sums along rows.</summary>
    private const long Few = 4;

    /// <summary>Elements of the result's rows from which on lanes lie along them.</summary>
    private const long LongRow = 32;

    /// <summary>Positions summed over from which on joining the lanes of sums is little beside them.</summary>
    private const long LongSum = 256;

    /// <summary>The laws.</summary>
    public static ImmutableArray<Rule> Rules { get; } =
    [
        Rule.On<MatMul>("matmul(a, b) = a[:, 0] b[0, :] + a[:, 1] b[1, :] + ..., over few positions", Soundness.LastBits, OverFew,
            e => Ops.MatMul(Ops.Slice(e.X, 1, 0, 3), Ops.Concat([Ops.Slice(e.Y, 0, 0, 3), Ops.Slice(e.Y, 0, 3, 6)], 1))),
        Rule.On<MatMul>("matmul(a, transpose(b)) = [sum(a b[0, :]), sum(a b[1, :]), ...], for few rows of b", Soundness.LastBits,
            OfFewColumns, e => Ops.MatMul(Repeated(e.X), Ops.Transpose(Repeated(Ops.Slice(e.Y, 0, 0, 3))))),
    ];

    /// <summary>Applies the laws.</summary>
    public static Computation Run(Computation f, PassContext context) => f.Has<MatMul>() ? f.Rewrite(Together, context) : f;

    private static readonly ImmutableArray<Rule> Together = [.. Rules, .. Simplify.Rules];

    private static Node? OverFew(Node n)
    {
        var (a, b) = (n.Apply.Inputs[0], n.Apply.Inputs[1]);
        if (!IsFew(a.Shape[-1], out int count) || IsBelow(LongRow, n.Shape[-1]))
            return null;
        return Enumerable.Range(0, count)
            .Select(p => Make(new Multiply(), Spread(Part(a, -1, p), n.Shape), Spread(Part(b, -2, p), n.Shape)))
            .Aggregate((sum, next) => Make(new Add(), sum, next));
    }

    // Both operands lie along the axis that is summed over.
    private static Node? OfFewColumns(Node n)
    {
        var (a, b) = (n.Apply.Inputs[0], n.Apply.Inputs[1]);
        if (b.Op is Broadcast && b.Apply.Inputs[0] is { Rank: >= 2 } one && one.Shape[-1] == b.Shape[-1])
            b = one;
        if (!IsFew(n.Shape[-1], out int count) || count == 1
            || !a.Shape[-1].TryConstant(out long length) || length < LongSum || a.IsTransposed || !b.IsTransposed)
            return null;
        var rows = b.Apply.Inputs[0];
        return Make(new Concat(a.Rank - 1), [.. Enumerable.Range(0, count).Select(j =>
            Make(new Sum(Axes.Of(a.Rank - 1), KeepDims: true), Make(new Multiply(), a, Spread(Part(rows, -2, j), a.Shape))))]);
    }

    private static bool IsFew(Dim extent, out int count)
    {
        count = extent.TryConstant(out long known) && known is > 0 and <= Few ? (int)known : 0;
        return count > 0;
    }

    private static bool IsBelow(long limit, Dim extent) => extent.TryConstant(out long known) && known < limit;

    private static Node Repeated(Node x) => Ops.Concat([.. Enumerable.Repeat(x, (int)LongSum / (int)x.Shape[-1].Constant)], 1);

    private static Node Part(Node x, int axis, int position) => Ops.Slice(x, axis, position, position + 1);
}
