using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Ops that reduce, move and address.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Reductions =>
    [
        Map("sum", x => Sum(x)) with { DTypes = Numbers }, Map("sum of rows", x => Sum(x, [1])) with { DTypes = Numbers },
        Map("sum of columns, kept", x => Sum(x, [0], keepDims: true)) with { DTypes = Numbers },
        new("sum of nothing", x => Sum(x[0], [0]), new Operand([0, 4])) { DTypes = Numbers },
        new("sum of a long row", x => Sum(x[0]), new Operand([1000])) { Ulps = 64 },
        new("any", x => Any(x[0], [1]), Operand.Truths(5, 2)) { Differentiable = false },
        Map("max of rows", x => Max(x, [1])) with { DTypes = Numbers }, Map("max", x => Max(x)) with { DTypes = Numbers },
        Map("min of columns", x => Min(x, [0], keepDims: true)) with { DTypes = Numbers },
        new("max of nothing", x => Max(x[0], [0]), new Operand([0, 4])) { DTypes = Numbers },
        new("min of nothing", x => Min(x[0], [0]), new Operand([0, 4])) { DTypes = Numbers },
        Map("argmax of rows", x => ArgMax(x, 1)) with { DTypes = Numbers, Differentiable = false },
        Map("argmin of columns", x => ArgMin(x, 0, keepDims: true)) with { DTypes = Numbers, Differentiable = false },
        new("argmax of a long row", x => ArgMax(x[0]), new Operand([3, 100])) { DTypes = Numbers, Differentiable = false },
        Map("product of rows", x => Product(x, [1])) with { DTypes = Numbers }, Map("product", x => Product(x)) with { DTypes = Numbers },
        new("product of a box with zeros",
            x => Product(x[0] * Constant(new double[,] { { 1, 0, 1 }, { 1, 1, 0 } }), [0, 2]),
            new Operand([5, 2, 3])) { DTypes = [DType.Float64] },
        new("product along a symbol", x => Product(x[0], [0]), new Operand([4, 3])) { DTypes = Numbers, RowSymbol = "rows" },
        Map("mean", x => Mean(x)), Map("mean of rows", x => Mean(x, [-1], keepDims: true)),
        Map("variance of rows", x => Variance(x, [1])), Map("sample variance", x => Variance(x, correction: 1)),
        Map("standard deviation of columns", x => StandardDeviation(x, [0])),
        Map("sum of squares", x => SumOfSquares(x, [0])) with { DTypes = Numbers },
        Map("1-norm", x => Norm1(x, [0]), kinks: [0]), Map("2-norm", x => Norm2(x, [1])),
        Map("count of what is not zero", x => CountNonZero(Floor(x), [1])) with { Differentiable = false },
        Map("log-sum-exp of rows", x => LogSumExp(x, [1])), Map("log-sum-exp", x => LogSumExp(x, keepDims: true), -9, 9),
    ];

    private static IEnumerable<OpCase> Views =>
    [
        Map("reshape", x => Reshape(x, [2, 6])) with { DTypes = Numbers }, Map("transpose", x => Transpose(x)) with { DTypes = Numbers },
        new("permute", x => Transpose(x[0], [2, 0, 1]), new Operand([2, 3, 4])) { DTypes = Numbers },
        new("broadcast", x => BroadcastTo(x[0], [2, 3, 4]), new Operand([3, 1])) { DTypes = Numbers },
        Map("new axis", x => ExpandDims(x, 1)) with { DTypes = Numbers }, new("squeeze", x => Squeeze(x[0]), new Operand([3, 1, 4, 1])),
        Map("slice of rows", x => Slice(x, 0, 1, 3)) with { DTypes = Numbers },
        Map("every other column", x => Slice(x, 1, step: 2)) with { DTypes = Numbers },
        Map("columns backward", x => Slice(x, 1, 3, 0, -2)) with { DTypes = Numbers }, Map("flip", x => Flip(x)) with { DTypes = Numbers },
        Map("slice of nothing", x => Slice(x, 1, 2, 2)) with { DTypes = Numbers },
        Map("slice on two axes", x => Slice(x, [1, 3], [2, 2], [1, -2])) with { DTypes = Numbers },
        Map("pad", x => Pad(x, 7, [1, 0], [0, 2])) with { DTypes = Numbers },
        Map("crop", x => Pad(x, 7, [-1, 1], [0, -2])) with { DTypes = Numbers },
        Map("pad between", x => Pad(x, 0, [0, 1], [1, 0], [1, 2])) with { DTypes = Numbers },
        new("pad with a value that is data", x => Pad(x[0], x[1], [1, 0], [0, 2], [0, 1]), new Operand([3, 4]),
            new Operand([])) { DTypes = Numbers },
        new("concat", x => Concat([x[0], x[1], x[0]], 1), new Operand([3, 4]), new Operand([3, 2])) { DTypes = Numbers },
        new("concat with nothing", x => Concat(x), new Operand([3, 4]), new Operand([0, 4])) { DTypes = Numbers },
        Pair("stack", (a, b) => Stack([a, b, a], -1)) with { DTypes = Numbers },
        Map("pieces, swapped", x => Split(x, 2, axis: 1) is [var a, var b] ? Concat([b, a], 1) : x) with { DTypes = Numbers },
        Map("pieces of different length", x => Split(x, [1, 3], axis: 1) is [var a, var b] ? a * b : x),
    ];

    private static IEnumerable<OpCase> Positions =>
    [
        new("gather rows", x => Gather(x[0], x[1]), new Operand([5, 3]), Operand.Positions([2, 4], 0, 4)) { DTypes = Numbers },
        new("gather columns", x => Gather(x[0], x[1], -1), new Operand([2, 5]),
            Operand.Positions([7], 0, 4, DType.Int64)) { DTypes = Numbers },
        new("gather in the middle", x => Gather(x[0], x[1], 1), new Operand([2, 3, 4]), Operand.Positions([5], 0, 2)) { DTypes = Numbers },
        new("gather by one position", x => Gather(x[0], x[1], 1), new Operand([2, 3, 4]), Operand.Positions([], 0, 2)) { DTypes = Numbers },
        new("gather nothing", x => Gather(x[0], x[1]), new Operand([5, 3]), Operand.Positions([0], 0, 4)) { DTypes = Numbers },
        new("scatter-add rows", x => ScatterAdd(x[0], x[1], x[2]), new Operand([3, 4]), Operand.Positions([6], 0, 2),
            new Operand([6, 4])) { DTypes = Numbers },
        new("scatter-add columns", x => ScatterAdd(x[0], x[1], x[2], 1), new Operand([2, 4]),
            Operand.Positions([3, 2], 0, 3, DType.Int64), new Operand([2, 3, 2])) { DTypes = Numbers },
        new("checked-index", x => CheckedIndex(x[0], 5), Operand.Positions([3, 4], 0, 4)) { Differentiable = false },
        new("iota", x => Iota([3, 4], 1, x[0].DType) + x[0], new Operand([3, 1])) { DTypes = Numbers },
        new("identity matrix", x => IdentityMatrix(4, x[0].DType) * x[0], new Operand([4])) { DTypes = Numbers },
        new("one-hot", x => OneHot(x[0], 5, DType.Float32), Operand.Positions([3, 2], -1, 5)) { Differentiable = false },
        new("extent of a symbol", x => Extent(Dim.FloorDivide(Dim.Symbol("rows") * 3, 2), x[0].DType) * Sum(x[0]),
            new Operand([4, 3])) { DTypes = Numbers, RowSymbol = "rows" },
        new("mean over a symbol", x => Mean(x[0]), new Operand([4, 3])) { RowSymbol = "rows" },
        new("flip along a symbol", x => Flip(x[0], [0]), new Operand([4, 3])) { DTypes = Numbers, RowSymbol = "rows" },
        new("slice along a symbol", x => Slice(x[0], 0, 1, step: 2), new Operand([5, 3])) { DTypes = Numbers, RowSymbol = "rows" },
    ];
}
