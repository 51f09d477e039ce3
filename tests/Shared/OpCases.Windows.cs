using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Sliding windows: views, convolutions, pools.</content>
public static partial class OpCases
{
    private static readonly SlidingWindow Uneven = new([3, 2]) { Stride = [2, 1], Dilation = [1, 2], Low = [1, 0], High = [0, 1] };

    private static IEnumerable<OpCase> SlidingWindows =>
    [
        new("windows", x => Windows(x[0], 0, 3), new Operand([7])) { DTypes = Numbers },
        new("windows that touch", x => Windows(x[0], 1, 2, stride: 2), new Operand([3, 8])) { DTypes = Numbers },
        new("windows with gaps", x => Windows(x[0], 0, 3, stride: 2, dilation: 2), new Operand([9, 2])),
        new("a window of everything", x => Windows(x[0], -1, 5), new Operand([2, 5])),
        new("sum of windows", x => Sum(Windows(x[0], 0, 40), [1]), new Operand([60])),
        new("fold", x => Fold(x[0], 0, 7), new Operand([5, 3])) { DTypes = Numbers },
        new("fold of windows apart", x => Fold(x[0], 1, 9, stride: 3, dilation: 2), new Operand([2, 3, 2])) { DTypes = Numbers },
        new("fold of long windows", x => Fold(x[0], 0, 42, stride: 2), new Operand([5, 34])),
        new("convolution in 1-D", x => Convolution(x[0], x[1]), new([2, 3, 7]), new([4, 3, 3])),
        new("convolution in 2-D", x => Convolution(x[0], x[1], x[2], new([3, 2]) { Low = [1, 1], High = [1, 0] }),
            new([2, 3, 5, 6]), new([4, 3, 3, 2]), new([4])),
        new("convolution by strides", x => Convolution(x[0], x[1], window: Uneven), new([2, 2, 6, 7]), new([3, 2, 3, 2])),
        new("convolution in groups", x => Convolution(x[0], x[1], groups: 2), new([2, 4, 4, 4]), new([6, 2, 2, 2])),
        new("depthwise convolution", x =>
            Convolution(x[0], x[1], window: new([3, 3]) { Stride = [2, 2], Low = [1, 1], High = [1, 1] }, groups: 3),
            new([2, 3, 5, 5]), new([3, 1, 3, 3])),
        new("convolution in 3-D", x => Convolution(x[0], x[1]), new([1, 2, 3, 4, 3]), new([2, 2, 2, 2, 2])),
        new("pointwise convolution", x => Convolution(x[0], x[1]), new([2, 3, 4, 4]), new([5, 3, 1, 1])),
        new("convolution-transpose", x => ConvolutionTranspose(x[0], x[1], x[2]), new([2, 3, 4]), new([3, 2, 3]), new([2])),
        new("convolution-transpose by strides", x => ConvolutionTranspose(x[0], x[1], window: Uneven),
            new([1, 2, 3, 4]), new([2, 3, 3, 2])),
        new("convolution-transpose in groups",
            x => ConvolutionTranspose(x[0], x[1], window: new([2]) { Stride = [3] }, groups: 2, extents: [12]),
            new([2, 4, 4]), new([4, 3, 2])),
        new("max-pool", x => MaxPool(x[0], new([2, 2]) { Stride = [2, 2] }), new Operand([2, 2, 4, 6])) { DTypes = Numbers },
        new("max-pool of tiles and a rest",
            x => MaxPool(x[0], new([2, 3]) { Stride = [2, 3], Low = [1, 0], High = [0, 1] }), new Operand([2, 1, 6, 6])),
        new("max-pool of overlapping windows", x => MaxPool(x[0], Uneven), new Operand([2, 2, 6, 5])),
        new("max-pool of long windows", x => MaxPool(x[0], new([34])), new Operand([1, 2, 36])),
        new("max-pool that shares ties", x => MaxPool(x[0], Uneven, sharesTies: true), new Operand([2, 2, 6, 5])),
        new("positions of max-pool", x => MaxPoolWithPositions(x[0], new([3])).Positions,
            new Operand([2, 1, 7])) { DTypes = Numbers, Differentiable = false },
        new("window-sum", x => WindowSum(x[0], Uneven), new Operand([1, 2, 5, 5])) { DTypes = Numbers },
        new("average-pool", x => AveragePool(x[0], Uneven), new Operand([2, 1, 6, 5])),
        new("average-pool of tiles", x => AveragePool(x[0], new([2, 2]) { Stride = [2, 2] }), new Operand([2, 1, 5, 4])),
        new("average-pool with padding", x => AveragePool(x[0], Uneven, countsPadding: true), new Operand([2, 1, 6, 5])),
    ];
}
