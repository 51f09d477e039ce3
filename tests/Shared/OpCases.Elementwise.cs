using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Elementary functions, remainders, bits.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Elementary =>
    [
        Map("exp2", x => Exp2(x), -9, 9), Map("log2", x => Log2(x), 0.1, 9), Map("log10", x => Log10(x), 0.1, 9),
        Map("asin", x => Asin(x), -0.95, 0.95), Map("acos", x => Acos(x), -0.95, 0.95), Map("atan", x => Atan(x), -9, 9),
        Map("sinh", x => Sinh(x), -3, 3), Map("cosh", x => Cosh(x), -3, 3), Map("asinh", x => Asinh(x), -9, 9),
        Map("acosh", x => Acosh(x), 1.2, 9), Map("atanh", x => Atanh(x), -0.9, 0.9), Map("cbrt", x => Cbrt(x), 0.1, 9),
        Map("cbrt of negatives", x => Cbrt(x), -9, -0.1), Map("erfc", x => Erfc(x), -3, 3), Map("erfc far out", x => 1e6 * Erfc(x), 3, 4),
        Map("truncate", x => Truncate(x), -2.4, 2.4, -2, -1, 0, 1, 2), Map("fraction", x => Fraction(x), -2.4, 2.4, -2, -1, 0, 1, 2),
        Map("logit", x => Logit(x), 0.05, 0.95), Map("logit with a margin", x => Logit(x, 0.2), 0.05, 0.95, 0.2, 0.8),
        Map("sinc", x => Sinc(x), -3, 3), Map("sinc in radians", x => Sinc(x, normalised: false), -9, 9),
        Map("sinc next to 0", x => Sinc(x), -1e-3, 1e-3),
        Map("nan-to-num", x => NanToNum(x / Sign(Floor(x)), -3, 4, -5), -2.4, 2.4, -2, -1, 0, 1, 2),
        Map("is-infinite, one sign", x =>
            Or(IsInfinite(x / Sign(Floor(x)), negative: false), IsInfinite(x, positive: false))) with { Differentiable = false },
    ];

    private static IEnumerable<OpCase> Points =>
    [
        Pair("atan2", (a, b) => Atan2(a, b), 0.3, 3), Pair("atan2 on the left", (a, b) => Atan2(a, -b), 0.3, 3),
        Pair("hypot", (a, b) => Hypot(a, b), 0.3, 3),
        Pair("log-add-exp", (a, b) => LogAddExp(a, b), -9, 9), new("xlogy", x => XLogY(x[0], x[1]), new([3, 4]), new([3, 4], 0.2, 3)),
        new("xlog1py", x => XLog1pY(x[0], x[1]), new([3, 4]), new([3, 4], -0.8, 3)),
        Pair("copy-sign", (a, b) => CopySign(a, b) * b, 0.2, 2),
        Pair("copy-sign of the other", (a, b) => CopySign(a, -b), 0.2, 2),
        Pair("squared-difference", (a, b) => SquaredDifference(a, b)) with { DTypes = Numbers },
        new("multiply-add", x => MultiplyAdd(x[0], x[1], x[2]), new([3, 4]), new([3, 4]), new([3, 4])) { DTypes = Numbers },
        new("lerp", x => Lerp(x[0], x[1], x[2]), new([3, 4]), new([3, 4]), new([3, 4], 0, 1) { Kinks = [0.5] }),
        Pair("lerp at 0.7", (a, b) => Lerp(a, b, 0.7)),
    ];

    private static IEnumerable<OpCase> Remainders =>
    [
        new("fmod", x => Fmod(x[0], x[1]), new([3, 4], -5.9, -5.1), new([3, 4], 2.05, 2.4)),
        new("remainder", x => Remainder(x[0], x[1]), new([3, 4], -5.9, -5.1), new([3, 4], 2.05, 2.4)),
        new("remainder by a negative", x => Remainder(x[0], x[1]), new([3, 4], 5.1, 5.9), new([3, 4], -2.4, -2.05)),
        new("floor-divide", x => FloorDivide(x[0], x[1]), new([3, 4], -5.9, -5.1), new([3, 4], 2.05, 2.4)),
        Pair("integer fmod", (a, b) => Fmod(a, b), -40, 40) with { DTypes = Integers, Differentiable = false },
        Pair("integer remainder", (a, b) => Remainder(a, b), -40, 40) with { DTypes = Integers, Differentiable = false },
        Pair("integer floor-divide", (a, b) => FloorDivide(a, b), -40, 40) with { DTypes = Integers, Differentiable = false },
        new("remainder by a number", x => Remainder(x[0], 2.0), new Operand([3, 4], 2.1, 3.9)),
        new("fmod by a number", x => Fmod(x[0], 2.0), new Operand([3, 4], 2.1, 3.9)),
        new("floor-divide by a number", x => FloorDivide(x[0], 2.0), new Operand([3, 4], 2.1, 3.9)),
    ];

    private static IEnumerable<OpCase> Bits =>
    [
        Pair("bitwise-and", (a, b) => BitwiseAnd(a, b), -99, 99) with { DTypes = Integers, Differentiable = false },
        Pair("bitwise-or", (a, b) => BitwiseOr(a, b), -99, 99) with { DTypes = Integers, Differentiable = false },
        Pair("bitwise-xor", (a, b) => BitwiseXor(a, b), -99, 99) with { DTypes = Integers, Differentiable = false },
        Map("bitwise-not", x => BitwiseNot(x), -99, 99) with { DTypes = Integers, Differentiable = false },
        Pair("shift left", (a, b) => BitShift(a, b, Operations.BitDirection.Left), -70,
            70) with { DTypes = Integers, Differentiable = false },
        Pair("shift right", (a, b) => BitShift(a, b, Operations.BitDirection.Right), -70,
            70) with { DTypes = Integers, Differentiable = false },
        Pair("shift right without sign", (a, b) => BitShift(a, b, Operations.BitDirection.RightLogical), -70,
            70) with { DTypes = Integers, Differentiable = false },
        new("bit-cast of floats", x => BitCast(x[0], DType.Int32),
            new Operand([3, 4]) { Fixed = DType.Float32 }) { DTypes = [DType.Int32], Differentiable = false },
        Map("bit-cast of integers", x => BitCast(x, DType.Float32), 0, 99) with { DTypes = [DType.Int32], Differentiable = false },
        Map("bit-cast of longs", x => BitCast(x, DType.Float64), 0, 99) with { DTypes = [DType.Int64], Differentiable = false },
    ];

    private static IEnumerable<OpCase> Activations =>
    [
        new("prelu", x => PRelu(x[0], x[1]), new([2, 3, 4]) { Kinks = [0] }, new([3, 1])),
        Map("selu", x => Selu(x), kinks: [0]), Map("celu", x => Celu(x, 0.7), kinks: [0]),
        Map("hard-sigmoid", x => HardSigmoid(x, 0.4), -2, 2, -1.25, 1.25), Map("hard-swish", x => HardSwish(x), -5, 5, -3, 3),
        Map("hard-tanh", x => HardTanh(x), -2, 2, -1, 1), Map("relu6", x => Relu6(x), -3, 9, 0, 6),
        Map("mish", x => Mish(x), -9, 9), Map("softsign", x => Softsign(x), -9, 9),
        Map("thresholded-relu", x => ThresholdedRelu(x, 0.5), -2, 2, 0.5),
        Map("hard shrink", x => Shrink(x), -2, 2, -0.5, 0.5), Map("soft shrink", x => Shrink(x, 0.5, 0.5), -2, 2, -0.5, 0.5),
        new("glu", x => Glu(x[0]), new Operand([3, 4])), new("glu of rows", x => Glu(x[0], 0), new Operand([4, 3])),
        new("swiglu", x => SwiGlu(x[0]), new Operand([3, 4])),
        Map("silu with alpha", x => Silu(x, 1.702), -9, 9), Map("gelu of negatives", x => 1e4 * Gelu(x), -6, -4),
    ];
}
