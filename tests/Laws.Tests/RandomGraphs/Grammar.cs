namespace Adjoint.Laws.RandomGraphs;

/// <summary>
/// The ops that random graphs are made of, bounded and well conditioned: an op may not turn a last bit into a visible
/// difference. A rule that does not fit its operands gives null, and the step is left out.
/// </summary>
internal static class Grammar
{
    public static readonly Func<RandomGraph, Step, Node?>[] Rules =
    [
        Float((g, x, y, c) => x + y),
        Float((g, x, y, c) => x * y),
        Float((g, x, y, c) => x - y),
        Float((g, x, y, c) => Maximum(x, y)),
        Float((g, x, y, c) => Minimum(x, y * 0.5 + 0.1)),
        Float((g, x, y, c) => x / (Square(y) + 0.5)),
        Float((g, x, y, c) => Where(x < y + 0.123456, x, y)),
        Float((g, x, y, c) => Where(And(x < 0.77, y > -0.31), x * 2, y)),
        Float((g, x, _, c) => Tanh(x)),
        Float((g, x, _, c) => Exp(Minimum(x, 2))),
        Float((g, x, _, c) => Sin(x)),
        Float((g, x, _, c) => Sigmoid(x)),
        Float((g, x, _, c) => Log(Square(x) + 1)),
        Float((g, x, _, c) => Sqrt(Square(x) + 0.5)),
        Float((g, x, _, c) => Abs(x)),
        Float((g, x, _, c) => -x),
        Float((g, x, _, c) => x * (c - 1.5) + 0.25),
        Float((g, x, _, c) => x.Rank == 0 ? null : Sum(x, Axes.Of(c % x.Rank), keepDims: c % 2 == 1)),
        Float((g, x, _, c) => Sum(x)),
        Float((g, x, _, c) => x.Rank == 0 ? null : BroadcastTo(Sum(x, Axes.Of(x.Rank - 1), keepDims: true), x.Shape) + x),
        Float((g, x, _, c) => x.Rank < 2 ? null : Transpose(x)),
        Float((g, x, _, c) => x.Rank != 2 ? null : Reshape(x, [x.Shape[0] * x.Shape[1]])),
        Float((g, x, _, c) => x.Rank != 1 || x.Shape[0] != g.Rows * g.Columns ? null : Reshape(x, c % 2 == 0 ? [g.Rows, g.Columns] : [g.Columns, g.Rows])),
        Float((g, x, _, c) => x.Rank > 2 ? null : Reshape(x, [.. x.Shape.Take(c % (x.Rank + 1)), Dim.One, .. x.Shape.Skip(c % (x.Rank + 1))])),
        Float((g, x, _, c) => x.Rank == 1 ? BroadcastTo(x, [g.Rows, x.Shape[0]]) : null),
        Float((g, x, _, c) => x.Rank == 0 ? null : Max(x, [c % x.Rank], keepDims: c % 2 == 1)),
        Float((g, x, _, c) => x.Rank == 0 ? null : Softmax(x, c % x.Rank)),
        Float((g, x, _, c) => x.Rank == 0 ? null : LogSumExp(x, [c % x.Rank], keepDims: c % 2 == 1)),
        Float((g, x, _, c) => x.Rank == 0 ? null : LayerNorm(x, epsilon: 0.5)),
        Float((g, x, _, c) => x.Rank == 0 ? null : Flip(x, [c % x.Rank])),
        Float((g, x, _, c) => x.Rank == 0 ? null : Slice(x, c % x.Rank, step: c % 2 == 0 ? 2 : -2)),
        Float((g, x, _, c) => x.Rank == 0 ? null : Pad(x, c, Ones(x.Rank, c), Ones(x.Rank, 1))),
        (g, s) => g.Pick(s.A) is { Rank: > 0 } x && g.Pick(s.B) is var y && y.Type == x.Type ? Concat([x, y, x], s.C % x.Rank) : null,
        (g, s) => g.Pick(s.A) is var x && g.Pick(s.B) is var y && y.Type == x.Type ? Stack([x, y], s.C % (x.Rank + 1)) : null,
        (g, s) => g.Pick(s.A) is { Rank: 2 } x && g.Pick(s.B) is { Rank: 2 } y && x.Shape[1] == y.Shape[0] ? MatMul(x, y) * 0.3 : null,
        (g, s) => g.Pick(s.A) is { Rank: 2 } x && g.Pick(s.B) is { Rank: 2 } y ? MatMul(Transpose(x), BroadcastTo(Sum(y), x.Shape)) * 0.1 : null,
        (g, s) => g.Pick(s.A) is { Rank: > 0 and < 3 } x && x.Shape[0].TryConstant(out long n) && n > 0 ? Gather(x, Indices(n, s.C), 0) : null,
        (g, s) => g.Pick(s.A) is { Rank: > 0 and < 3 } x && x.Shape[0].TryConstant(out long n) && n > 2 ? ScatterAdd(x, Indices(n, 2), Slice(x, 0, 0, 2)) : null,
        (g, s) => g.Pick(s.A) is { Rank: > 0 } x && g.HasElements && !x.Shape.Contains(Dim.Zero) ? Convert(ArgMax(Steps(x), s.C % x.Rank), x.DType) * 0.01 : null,
        (g, s) => g.Pick(s.A) is { Rank: > 0 } x ? x + Iota(x.Shape, s.C % x.Rank, x.DType) * 0.05 : null,
        (g, s) => Gradient.Of(Mean(Tanh(g.Pick(s.A))), [g.Pick(s.B)])[0],
        (g, s) => Gradient.Of(Sum(Sin(g.Pick(s.A)) * 0.1), [g.Leaf(s.B)])[0],
        Float((g, x, y, c) => Convert(Convert(Minimum(Maximum(x, -9), 9) < y, DType.Int32), x.DType)),
    ];

    private static Shape Ones(int rank, long extent) => Shape.Of(Enumerable.Repeat(Dim.Of(extent), rank));

    private static Node Indices(long extent, int count) => Constant(Enumerable.Range(0, count).Select(i => (int)(i * 7 % extent)).ToArray());

    // Whole numbers, many of them equal. What is 0 but for rounding is in the middle of a step: normalised rows of equal numbers are.
    private static Node Steps(Node x) => Floor(x * 8 + 0.4);

    private static Func<RandomGraph, Step, Node?> Float(Func<RandomGraph, Node, Node, int, Node?> build) => (g, s) =>
    {
        Node x = g.Pick(s.A), y = g.Pick(s.B);
        return Broadcasts(x, y) && x.Rank + y.Rank < 7 ? build(g, x, y, s.C) : null;
    };

    private static bool Broadcasts(Node x, Node y)
    {
        for (int a = 1; a <= Math.Min(x.Rank, y.Rank); a++)
            if (x.Shape[-a] != y.Shape[-a] && x.Shape[-a] != Dim.One && y.Shape[-a] != Dim.One)
                return false;
        return true;
    }
}
