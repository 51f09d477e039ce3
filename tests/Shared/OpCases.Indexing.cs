using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Ops that read and write where data says.</content>
public static partial class OpCases
{
    private static ScatterMode[] Modes => Enum.GetValues<ScatterMode>();

    private static IEnumerable<OpCase> Gathers =>
    [
        new("gather elements of rows", x => GatherElements(x[0], x[1], 1), new Operand([3, 4]),
            Operand.Positions([3, 6], 0, 3)) { DTypes = Numbers },
        new("gather elements of a corner", x => GatherElements(x[0], x[1], 0), new Operand([5, 4]),
            Operand.Positions([2, 3], 0, 4, DType.Int64)) { DTypes = Numbers },
        new("gather elements in the middle", x => GatherElements(x[0], x[1], -2), new Operand([2, 3, 4]),
            Operand.Positions([2, 5, 4], 0, 2)),
        new("gather elements of a computed tensor, transposed",
            x => GatherElements(Transpose(Exp(x[0])), x[1] * 2, 0) * 2, new Operand([3, 4]), Operand.Positions([5, 3], 0, 1)),
        new("gather elements along a symbol", x => GatherElements(x[0], x[1], 0), new Operand([4, 3]),
            Operand.Positions([4, 3], 0, 3)) { RowSymbol = "rows" },
        new("gather-nd of elements", x => GatherND(x[0], x[1]), new Operand([3, 4]), Operand.Positions([5, 2], 0, 2)) { DTypes = Numbers },
        new("gather-nd of rows", x => GatherND(x[0], x[1]), new Operand([3, 3, 4]),
            Operand.Positions([2, 5, 2], 0, 2, DType.Int64)) { DTypes = Numbers },
        new("gather-nd in batches", x => GatherND(x[0], x[1], 1), new Operand([2, 3, 4]), Operand.Positions([2, 5, 1], 0, 2)),
        new("gather-nd of everything", x => GatherND(x[0], x[1]), new Operand([3, 4]), Operand.Positions([2, 0], 0, 2)),
        new("gather from the end", x => Gather(x[0], FromEnd(x[1], 5)), new Operand([5, 3]), Operand.Positions([7], -5, 4)),
        new("reverse sequence", x => ReverseSequence(x[0], x[1]), new Operand([4, 3, 2]),
            Operand.Positions([3], 0, 4)) { DTypes = Numbers },
        new("reverse sequence, batch first", x => ReverseSequence(x[0], x[1], 1, 0), new Operand([3, 4]),
            Operand.Positions([3], 0, 4, DType.Int64)),
        new("one-hot with values", x => OneHot(x[0], 4, x[1], x[2], 1), Operand.Positions([3, 2], -1, 5),
            new Operand([]), new Operand([])) { DTypes = Numbers },
        new("compress", x => Compress(x[0], [true, false, true], 1), new Operand([2, 4])),
        new("compress to nothing", x => Concat([Compress(x[0], [false], 0), x[0], x[0]]), new Operand([2, 4])),
        new("dynamic slice", x => DynamicSlice(x[0], x[1], [2, 3]), new Operand([4, 5]), Operand.Positions([2], 0, 2)) { DTypes = Numbers },
        new("dynamic slice of nothing", x => DynamicSlice(x[0], x[1], [2, 0]), new Operand([4, 5]), Operand.Positions([2], 0, 2)),
        new("dynamic update", x => DynamicUpdateSlice(x[0], x[1], x[2]), new Operand([4, 5]), new Operand([2, 3]),
            Operand.Positions([2], 0, 2, DType.Int64)) { DTypes = Numbers },
        new("dynamic update with nothing", x => DynamicUpdateSlice(x[0], x[1], x[2]), new Operand([4, 5]),
            new Operand([0, 3]), Operand.Positions([2], 0, 2)),
        new("dynamic update along a symbol", x => DynamicUpdateSlice(x[0], x[1], x[2]), new Operand([4, 5]),
            new Operand([4, 2]), Operand.Positions([2], 0, 0)),
    ];

    private static IEnumerable<OpCase> Scatters =>
    [
        .. from mode in Modes
           select new OpCase($"scatter rows, {mode}", x => Scatter(x[0], x[1], x[2], 0, mode), new([4, 3]),
               Operand.Positions([6], 0, 3), new([6, 3])) { DTypes = Numbers },
        .. from mode in Modes
           select new OpCase($"scatter elements, {mode}", x => ScatterElements(x[0], x[1], x[2], 0, mode), new([4, 3]),
               Operand.Positions([5, 3], 0, 3), new([5, 3])) { DTypes = Numbers },
        .. from mode in Modes
           select new OpCase($"scatter-nd, {mode}", x => ScatterND(x[0], x[1], x[2], mode), new([2, 3, 4]),
               Operand.Positions([7, 2], 0, 1, DType.Int64), new([7, 4])) { DTypes = Numbers },
        new("scatter elements along the last axis", x => ScatterElements(x[0], x[1], x[2], -1), new([2, 5]),
            Operand.Positions([2, 4], 0, 4, DType.Int64), new([2, 4])),
        new("scatter elements into a corner", x => ScatterElements(x[0], x[1], x[2], 1, ScatterMode.Add), new([4, 5]),
            Operand.Positions([2, 3], 0, 4), new([2, 3])) { DTypes = Numbers },
        new("scatter-nd in batches", x => ScatterND(x[0], x[1], x[2], ScatterMode.Add, 1), new([2, 3, 70]),
            Operand.Positions([2, 4, 1], 0, 2), new([2, 4, 70])),
        new("scatter-nd of nothing", x => ScatterND(x[0], x[1], x[2]), new([3, 4]), Operand.Positions([0, 1], 0, 2), new([0, 4])),
        new("scatter truth values", x => ScatterElements(x[0], x[1], x[2]), Operand.Truths(5, 2),
            Operand.Positions([3, 2], 0, 4), Operand.Truths(3, 2)) { Differentiable = false },
        new("scatter along a symbol", x => Scatter(x[0], x[1], x[2]), new([4, 3]), Operand.Positions([4], 0, 3),
            new([4, 3])) { RowSymbol = "rows" },
        new("tensor scatter", x => TensorScatter(x[0], x[1], x[2]), new([2, 5, 3]), new([2, 2, 3]),
            Operand.Positions([2], 0, 3, DType.Int64)) { DTypes = Numbers },
        new("tensor scatter, circular", x => TensorScatter(x[0], x[1], x[2], 1, circular: true), new([2, 5, 3]),
            new([2, 4, 3]), Operand.Positions([2], 0, 4)),
        new("segment sum", x => SegmentSum(x[0], x[1], 4), new([6, 3]), Operand.Positions([6], 0, 3)) { DTypes = Numbers },
        new("segment product", x => SegmentProduct(x[0], x[1], 4), new([6, 3]), Operand.Positions([6], 0, 3)) { DTypes = Numbers },
        new("factors that meet zeros",
            x => Scatter(x[0] * Constant(new double[] { 1, 0, 1 }), x[1],
                x[2] * Constant(new double[] { 0, 1, 0, 0, 1, 0, 1 }), 0, ScatterMode.Multiply),
            new([3]), Operand.Positions([7], 0, 2), new([7])) { DTypes = [DType.Float64] },
        new("segment max", x => SegmentMax(x[0], x[1], 2), new([9, 3]), Operand.Positions([9], 0, 1)) { DTypes = Numbers },
        new("segment min", x => SegmentMin(x[0], x[1], 2), new([9, 3]), Operand.Positions([9], 0, 1)) { DTypes = Numbers },
        new("segment mean", x => SegmentMean(x[0], x[1], 2), new([9, 3]), Operand.Positions([9], 0, 1)),
        new("bin count", x => BinCount(x[0], 5), Operand.Positions([3, 4], 0, 4)) { Differentiable = false },
        new("bin count with weights", x => BinCount(x[0], 5, x[1]), Operand.Positions([3, 4], 0, 4), new([3, 4])) { DTypes = Numbers },
        new("histogram", x => Histogram(x[0], Convert(Constant(new double[] { -1, 0, 0.5, 1 }), x[0].DType)),
            new Operand([3, 9]) { Kinks = [-1, 0, 0.5, 1] }) { Differentiable = false },
        new("search sorted", x => SearchSorted(Iota([13], 0, x[0].DType) * 2, x[0]),
            new Operand([3, 9], -2, 28)) { DTypes = Numbers, Differentiable = false },
        new("search sorted, behind equals", x => SearchSorted(Iota([8], 0, x[0].DType), Round(x[0]), right: true),
            new Operand([3, 9], -2, 9)) { Differentiable = false },
        new("search sorted in nothing", x => SearchSorted(x[1], x[0]), new([3]), new([0])) { Differentiable = false },
        new("search sorted along a symbol", x => SearchSorted(Iota([x[0].Shape[0]], 0, x[0].DType), x[0]),
            new Operand([5, 3], -1, 6)) { RowSymbol = "rows", Differentiable = false },
    ];
}
