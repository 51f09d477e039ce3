using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Tensors of bytes with scales and zero points.</summary>
internal static class Quantised
{
    public static IEnumerable<Importer> All =>
    [
        One("QuantizeLinear", Quantize), One("DequantizeLinear", Dequantize), Many("DynamicQuantizeLinear", Dynamic),
        One("MatMulInteger", x => Ops.MatMulInteger(x[0], x[1], Single(x.Optional(2)), Single(x.Optional(3)))),
        One("QLinearMatMul", x =>
            Ops.QuantizedMatMul(x[0], Single(x[1])!, Single(x[2])!, x[3], Single(x[4])!, Single(x[5])!, Single(x[6])!,
            Single(x[7])!)),
        One("ConvInteger", x => Ops.Convert(Sums(x, x[0], x.Optional(2), x[1], x.Optional(3)), DType.Int32)),
        One("QLinearConv", QuantizedConvolution),
    ];

    private static Node Quantize(OnnxNode x)
    {
        var scale = x[1];
        var type = x.Optional(2)?.DType ?? (x.Int("output_dtype", 0) is > 0 and var code ? x.DTypeOf(code) : DType.UInt8);
        var zero = x.Optional(2) ?? Ops.BroadcastTo(Ops.Scalar(type, 0), scale.Shape);
        var values = Ops.Convert(x[0], scale.DType);
        if (!IsBlocked(x))
            return Ops.QuantizeLinear(values, Single(scale)!, Single(zero), Axis(x));
        Node whole = Ops.Round(values / PerElement(x, scale)) + Ops.Convert(PerElement(x, zero), scale.DType);
        Node Bound(bool largest) => Ops.Convert(Arithmetic.Extreme(type, largest), scale.DType);
        return Ops.Convert(Ops.Clamp(whole, Bound(largest: false), Bound(largest: true)), type);
    }

    private static Node Dequantize(OnnxNode x)
    {
        var y = IsBlocked(x)
            ? Ops.Convert(Ops.Convert(x[0], DType.Int32)
                - (x.Optional(2) is { } zero
                ? Ops.Convert(PerElement(x, zero), DType.Int32) : Ops.Scalar(DType.Int32, 0)), x[1].DType)
                * PerElement(x, x[1])
            : Ops.DequantizeLinear(x[0], Single(x[1])!, Single(x.Optional(2)), Axis(x));
        return x.Int("output_dtype", 0) is > 0 and var code ? Ops.Convert(y, x.DTypeOf(code)) : y;
    }

    private static ImmutableArray<Node> Dynamic(OnnxNode x)
    {
        var (quantised, scale, zero) = Ops.DynamicQuantizeLinear(x[0]);
        return [quantised, scale, zero];
    }

    // What is left of the axis where only one scale is given does not matter.
    private static int Axis(OnnxNode x) =>
        x[0].Rank == 0 || x[1].Shape.ElementCount == Dim.One ? 0 : x.Axis(x.Int("axis", 1), x[0].Rank);

    // Since version 21 neighbours along the axis can share a scale: then it has as many axes as x.
    private static bool IsBlocked(OnnxNode x) => x.Int("block_size", 0) > 0;

    private static Node PerElement(OnnxNode x, Node perBlock)
    {
        int axis = x.Axis(x.Int("axis", 1), x[0].Rank);
        return Ops.Slice(Ops.Repeat(perBlock, x.Int("block_size", 1), axis), axis, 0, x[0].Shape[axis]);
    }

    // A single number may come as a vector of one.
    private static Node? Single(Node? x) =>
        x is not null && x.Rank > 0 && x.Shape.ElementCount == Dim.One ? Ops.Reshape(x, Shape.Scalar) : x;

    // Sums of products of bytes less their zero points, exact in float64.
    private static Node Sums(OnnxNode x, Node bytes, Node? zero, Node filters, Node? filterZero) => Ops.Convolution(
        Difference(bytes, Single(zero)), Difference(filters, PerFilter(filters, filterZero)), null,
            x.Window(Sizes(x, filters)), Convolutions.Groups(x));

    private static IEnumerable<long> Sizes(OnnxNode x, Node filters) =>
        filters.Shape.Skip(2).Select(d => d.TryConstant(out long k) ? k : throw x.Unsupported("a filter of symbolic size"));

    private static Node Difference(Node bytes, Node? zero) => Ops.Convert(bytes, DType.Float64) is var wide && zero
        is null ? wide : Ops.Convert(bytes, DType.Float64) - Ops.Convert(zero!, DType.Float64);

    private static Node? PerFilter(Node filters, Node? values) => Single(values) is { Rank: 1 } list
        ? Ops.Reshape(list, Shape.Of(filters.Shape.Select((d, a) => a == 0 ? d : Dim.One))) : Single(values);

    // q = saturate(round(sums * scales / scale) + zero), with a bias among the sums.
    private static Node QuantizedConvolution(OnnxNode x)
    {
        Node sums = Sums(x, x[0], x[2], x[3], x[5]);
        Node PerChannel(Node v) => v.Rank == 1 ? Ops.Reshape(v, [v.Shape[0], .. Enumerable.Repeat(Dim.One, sums.Rank - 2)]) : v;
        if (x.Optional(8) is { } bias)
            sums += PerChannel(Ops.Convert(bias, DType.Float64));
        Node scale = Single(x[1])!, real = Ops.Convert(sums, scale.DType) * (scale * PerChannel(Single(x[4])!));
        return Ops.QuantizeLinear(real, Single(x[6])!, Single(x[7]), 0);
    }
}
