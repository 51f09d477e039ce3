using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Bytes: what keeps quantised tensors, and the ways there and back.</content>
public static partial class OpCases
{
    private static Operand StepSize => new([], 0.1, 0.2);

    private static Operand SignedBytes => new([3, 4], -128, 127) { Fixed = DType.Int8 };

    private static Operand UnsignedBytes => new([4, 5], 0, 255) { Fixed = DType.UInt8 };

    private static IEnumerable<OpCase> Quantized =>
    [
        Bytes("quantize", x => QuantizeLinear(x[0], x[1]), new([3, 4], -40, 40), StepSize),
        Bytes("quantize per column", x => QuantizeLinear(x[0], x[1], Convert(x[2], DType.Int8)), new([3, 4], -40, 40),
            new([4], 0.1, 0.2), new([4], -5, 5)),
        new("dequantize", x => DequantizeLinear(x[0], x[1]), SignedBytes, StepSize),
        new("dequantize per row", x => DequantizeLinear(x[0], x[1], Slice(x[2], 0, 0, 3), 0), SignedBytes,
            new([3], 0.1, 2), new Operand([4], -9, 9) { Fixed = DType.Int8 }),
        Bytes("dynamic quantization", x => DynamicQuantizeLinear(x[0]).Quantized, new Operand([3, 40])),
        Bytes("dynamic zero point", x => DynamicQuantizeLinear(x[0]).ZeroPoint, new Operand([3, 40])),
        new("dynamic scale", x => DynamicQuantizeLinear(x[0]).Scale, new Operand([3, 4])),
        Bytes("fake quantization", x => FakeQuantize(x[0], x[1]), new([3, 4], -40, 40), StepSize),
        Bytes("product of bytes", x => MatMulInteger(x[0], x[1]), SignedBytes, UnsignedBytes),
        Bytes("product of bytes, zero points", x => MatMulInteger(x[0], x[1], x[2], x[3]), SignedBytes, UnsignedBytes,
            new Operand([3], -9, 9) { Fixed = DType.Int8 }, new Operand([5], 0, 99) { Fixed = DType.UInt8 }),
        Bytes("quantized product", x =>
            QuantizedMatMul(x[0], x[2], Slice(Reshape(x[0], [12]), 0, 0, 1), x[1], x[2],
                Reshape(Slice(x[1], [0, 0], [1, 1]), []), x[2] * 2000, Scalar(DType.UInt8, 120)), SignedBytes, UnsignedBytes, StepSize),
        Bytes("bytes, added", x => x[0] + x[0] * x[0], SignedBytes),
        Bytes("unsigned bytes, subtracted", x => x[0] - x[0] * 3, UnsignedBytes),
        Bytes("bytes, compared", x => Where(x[0] < 0, -x[0], x[0]), SignedBytes),
        Bytes("bytes, smallest", x => Min(x[0], [1]), SignedBytes), Bytes("unsigned bytes, summed", x => Sum(x[0], [0]), UnsignedBytes),
        Bytes("largest of no bytes", x => Max(x[0], [0]), new Operand([0, 3]) { Fixed = DType.Int8 }),
        Bytes("where bytes are largest", x => ArgMax(x[0]), UnsignedBytes),
        Bytes("bytes, transposed", x => Transpose(x[0]), SignedBytes),
        Bytes("bytes, backward", x => Flip(x[0]), UnsignedBytes),
        Bytes("bytes, every other", x => Slice(x[0], 1, 1, step: 2), UnsignedBytes),
        Bytes("bytes, padded", x => Pad(x[0], 7, [1, 2], [0, 1]), SignedBytes),
        Bytes("bytes, gathered", x => Gather(x[0], x[1]), SignedBytes, Operand.Positions([7], 0, 2)),
        Bytes("bytes, scattered", x => Scatter(x[0], x[1], x[2], 0, ScatterMode.Add), SignedBytes,
            Operand.Positions([5], 0, 2), new Operand([5, 4], -99, 99) { Fixed = DType.Int8 }),
        Bytes("a long row of bytes", x => x[0] + x[0], new Operand([77], -128, 127) { Fixed = DType.Int8 }),
        Bytes("a long row of unsigned bytes", x => Convert(x[0], DType.Float64) * 2, new Operand([77], 0, 255) { Fixed = DType.UInt8 }),
        .. from source in (DType[])[DType.Float32, DType.Float64, DType.Int32, DType.Int64]
           from target in (DType[])[DType.Int8, DType.UInt8]
           select Bytes($"wide {source} as {target}", x => Convert(x[0], target),
               new Operand([5, 9], -700, 700) { Fixed = source.IsFloat ? null
                   : source }) with { DTypes = [source.IsFloat ? source : DType.Float32] },
    ];

    // In one type only: float32 and float64 round differently on the way to a byte.
    private static OpCase Bytes(string name, Func<Node[], Node> build, params Operand[] operands) =>
        new(name, build, operands) { DTypes = [DType.Float32], Differentiable = false };
}
