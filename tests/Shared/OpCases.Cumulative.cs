using Adjoint.Operations;
using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Ops that keep what they have met along an axis.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> CumulativeSums =>
        from exclusive in new[] { false, true }
        from reverse in new[] { false, true }
        from axis in new[] { 0, 1, -1 }
        select Along($"cumulative-sum{Flags(exclusive, reverse)}", axis,
            x => CumulativeSum(x, axis, exclusive, reverse)) with { DTypes = Numbers };

    private static IEnumerable<OpCase> CumulativeProducts =>
        from exclusive in new[] { false, true }
        from reverse in new[] { false, true }
        from axis in new[] { 0, 1, -1 }
        select Along($"cumulative-product{Flags(exclusive, reverse)}", axis,
            x => CumulativeProduct(x, axis, exclusive, reverse)) with { DTypes = Numbers };

    private static IEnumerable<OpCase> CumulativeOthers =>
        from reverse in new[] { false, true }
        from axis in new[] { 0, -1 }
        from made in new[]
        {
            Along($"cumulative-max{Flags(false, reverse)}", axis, x => CumulativeMax(x, axis, reverse)) with { DTypes = Numbers },
            Along($"cumulative-min{Flags(false, reverse)}", axis, x => CumulativeMin(x, axis, reverse)) with { DTypes = Numbers },
            Along($"cumulative-argmax{Flags(false, reverse)}", axis,
                x => CumulativeArgMax(x, axis, reverse)) with { DTypes = Numbers, Differentiable = false },
            Along($"cumulative-log-sum-exp{Flags(false, reverse)}", axis, x => CumulativeLogSumExp(x, axis, reverse)),
        }
        select made;

    private static IEnumerable<OpCase> Recurrences =>
        from reverse in new[] { false, true }
        from axis in new[] { 0, -1 }
        select new OpCase($"linear-recurrence{Flags(false, reverse)} on axis {axis}",
            x => LinearRecurrence(x[0], x[1], axis, reverse), new Operand([2, 4, 3]), new Operand([4, 3]));

    private static IEnumerable<OpCase> SegmentedRecurrences =>
        from reverse in new[] { false, true }
        from departing in new[] { false, true }
        from axis in new[] { 0, 1 }
        select new OpCase($"segmented recurrence{(departing ? ", departing" : "")}{Flags(false, reverse)} on axis {axis}",
            x => Node.Of(new LinearRecurrence(axis, reverse, departing) { Segmented = true }, x[0].Apply.Origin, x[0], x[1], x[2]),
            new Operand([5, 6]), new Operand([5, 6]), Operand.Truths(5, 6));

    private static IEnumerable<OpCase> CumulativeEdges =>
    [
        new("cumulative-product with zeros", x => CumulativeProduct(x[0] * Constant(new double[] { 1, 0, 1, 1, 0, 1 })),
            new Operand([2, 6])) { DTypes = [DType.Float64] },
        new("cumulative-product with zeros, exclusive",
            x => CumulativeProduct(x[0] * Constant(new double[] { 1, 0, 1, 1, 0, 1 }), exclusive: true),
            new Operand([2, 6])) { DTypes = [DType.Float64] },
        new("cumulative-sum of nothing", x => CumulativeSum(x[0], 1), new Operand([3, 0, 2])) { DTypes = Numbers },
        new("cumulative-product of nothing, and its shift", x => CumulativeProduct(x[0], 0), new Operand([0, 2])) { DTypes = Numbers },
        new("cumulative-sum along a symbol", x => CumulativeSum(x[0], 0), new Operand([4, 3])) { DTypes = Numbers, RowSymbol = "rows" },
        new("cumulative-product along a symbol", x => CumulativeProduct(x[0], 0),
            new Operand([4, 3])) { DTypes = Numbers, RowSymbol = "rows" },
        new("cumulative-sum of rows that a symbol counts", x => CumulativeSum(x[0]),
            new Operand([5, 7])) { DTypes = Numbers, RowSymbol = "rows" },
        new("cumulative-log-sum-exp of long wide lines", x => CumulativeLogSumExp(x[0], 0), new Operand([40, 150], -20, 20)) { Ulps = 64 },
        new("cumulative-max of long wide lines", x => CumulativeMax(x[0], 0), new Operand([40, 150])) { DTypes = Numbers },
    ];

    private static OpCase Along(string name, int axis, Func<Node, Node> build) =>
        new($"{name} on axis {axis}", x => build(x[0]), new Operand(axis == 1 ? [2, 5, 67] : [3, 5]));

    private static string Flags(bool exclusive, bool reverse) => (exclusive ? ", exclusive" : "") + (reverse ? ", reverse" : "");
}
