using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Floats as bytes, <c>q = saturate(round(x / scale) + zeroPoint)</c>: half to even, cut to the type's range after
    /// the zero point is added.
    /// </summary>
    /// <param name="x">Floats.</param>
    /// <param name="scale">A positive scalar of the same type, or a vector of one per position along
    /// <paramref name="axis"/>.</param>
    /// <param name="zeroPoint">What 0 becomes, of the result's type and the shape of <paramref name="scale"/>; by
    /// default a uint8 0.</param>
    /// <param name="axis">The axis along which scales differ, if they do; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A tensor of the type of <paramref name="zeroPoint"/>: int8, uint8 or int32. For slopes, see
    /// <see cref="FakeQuantize"/>.</returns>
    /// <exception cref="GraphException">Scale or zero point do not fit.</exception>
    public static Node QuantizeLinear(Node x, Node scale, Node? zeroPoint = null, int axis = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        zeroPoint ??= BroadcastTo(Scalar(DType.UInt8, 0), scale.Shape);
        return Call.Of("quantize-linear", origin, [x, scale, zeroPoint], a =>
            [Convert(Rounded(a[0], AlongAxis(a[1], x, axis), Convert(AlongAxis(a[2], x, axis), x.DType)),
                zeroPoint.DType)])[0];
    }

    /// <summary>
    /// Bytes as floats, <c>x = (q - zeroPoint) * scale</c>, the difference taken in int32. Linear in the scale.
    /// </summary>
    /// <param name="q">int8, uint8 or int32.</param>
    /// <param name="scale">A scalar, or a vector of one per position along <paramref name="axis"/>; the result has its
    /// type.</param>
    /// <param name="zeroPoint">What 0 became, of the type of <paramref name="q"/> and the shape of
    /// <paramref name="scale"/>; by default 0.</param>
    /// <param name="axis">The axis along which scales differ, if they do; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Scale or zero point do not fit.</exception>
    public static Node DequantizeLinear(Node q, Node scale, Node? zeroPoint = null, int axis = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        zeroPoint ??= BroadcastTo(Scalar(q.DType, 0), scale.Shape);
        return Call.Of("dequantize-linear", origin, [q, scale, zeroPoint], a =>
            [Convert(Centred(a[0], AlongAxis(a[2], q, axis)), scale.DType) * AlongAxis(a[1], q, axis)])[0];
    }

    /// <summary>Floats as uint8 with a scale and zero point of their own range, which always holds 0.</summary>
    /// <param name="x">Floats, at least one.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>The quantised tensor, its scale, and its zero point (uint8). Where everything is 0 the scale is
    /// 1.</returns>
    public static (Node Quantized, Node Scale, Node ZeroPoint) DynamicQuantizeLinear(Node x,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var results = Call.Of("dynamic-quantize-linear", Origin.At(file, line), [x], a =>
        {
            Node least = Minimum(Min(a[0]), 0), range = Maximum(Max(a[0]), 0) - least;
            Node scale = Where(Equal(range, ZerosLike(range)), OnesLike(range), range / 255);
            Node zero = Convert(Round(-least / scale), DType.UInt8);
            return [Convert(Rounded(a[0], scale, Convert(zero, x.DType)), DType.UInt8), scale, zero];
        });
        return (results[0], results[1], results[2]);
    }

    /// <summary>
    /// What is left of floats that are quantised and dequantised,
    /// <c>y = (clamp(round(x / scale) + zeroPoint, low, high) - zeroPoint) * scale</c>.
    /// </summary>
    /// <param name="x">Floats.</param>
    /// <param name="scale">A positive scalar of the same type, or a vector of one per position along
    /// <paramref name="axis"/>. Derivatives take it as known.</param>
    /// <param name="zeroPoint">Whole numbers of the same type and shape; 0 by default.</param>
    /// <param name="low">The smallest quantised number.</param>
    /// <param name="high">The largest one.</param>
    /// <param name="axis">The axis along which scales differ, if they do; a negative one counts from the end.</param>
    /// <param name="straightThrough">Whether cotangents pass as if nothing were rounded, where nothing is cut off; else
    /// the slope is 0, as of a step.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Scale or zero point do not fit.</exception>
    public static Node FakeQuantize(Node x, Node scale, Node? zeroPoint = null, double low = -128, double high = 127,
        int axis = 1, bool straightThrough = true,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        return Call.Of("fake-quantize", origin, [x, scale, zeroPoint ?? ZerosLike(scale)], a =>
        {
            Node s = StopGradient(AlongAxis(a[1], x, axis)), zero = StopGradient(AlongAxis(a[2], x, axis));
            Node q = Rounded(StopGradient(a[0]), s, zero), value = (Clamp(q, low, high) - zero) * s;
            // The difference is 0, and its slope 1.
            return [straightThrough ? value + Where(And(q >= low, q <= high), a[0] - StopGradient(a[0]), ZerosLike(x))
                : value];
        })[0];
    }

    /// <summary>Matrix product of bytes, <c>(a - aZero) (b - bZero)</c>, in int32 that wraps.</summary>
    /// <param name="a">int8 or uint8, of shape <c>[.., m, k]</c>.</param>
    /// <param name="b">int8 or uint8, of shape <c>[.., k, n]</c>.</param>
    /// <param name="aZero">A scalar, a vector of one per row, or what broadcasts to <paramref name="a"/>; 0 by
    /// default.</param>
    /// <param name="bZero">A scalar, a vector of one per column, or what broadcasts to <paramref name="b"/>; 0 by
    /// default.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes do not fit.</exception>
    public static Node MatMulInteger(Node a, Node b, Node? aZero = null, Node? bZero = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        var rows = aZero is { Rank: 1 } && a.Rank > 1 ? ExpandDims(aZero, 1) : aZero;
        return MatMul(Centred(a, rows), Centred(b, bZero));
    }

    /// <summary>
    /// Matrix product of quantised operands, quantised again:
    /// <c>q = saturate(round(product * aScale * bScale / yScale) + yZero)</c>.
    /// </summary>
    /// <param name="a">int8 or uint8.</param>
    /// <param name="aScale">Its scale, a float scalar.</param>
    /// <param name="aZero">Its zero point.</param>
    /// <param name="b">int8 or uint8.</param>
    /// <param name="bScale">Its scale: a scalar, or one per column.</param>
    /// <param name="bZero">Its zero point.</param>
    /// <param name="yScale">The scale of the result, a scalar.</param>
    /// <param name="yZero">Its zero point, of the result's type.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or types do not fit.</exception>
    public static Node QuantizedMatMul(Node a, Node aScale, Node aZero, Node b, Node bScale, Node bZero, Node yScale,
        Node yZero,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        var product = Convert(MatMulInteger(a, b, aZero, bZero), aScale.DType);
        return Convert(Round(product * (aScale * bScale / yScale)) + Convert(yZero, aScale.DType), yZero.DType);
    }

    private static Node Rounded(Node x, Node scale, Node zero) => Round(x / scale) + zero;

    private static Node Centred(Node q, Node? zero)
    {
        var wide = Convert(q, DType.Int32);
        return zero is null ? wide : wide - Convert(zero, DType.Int32);
    }

    // A scalar, or a vector laid along an axis of what it scales.
    private static Node AlongAxis(Node parameter, Node x, int axis)
    {
        if (parameter.Rank > 1)
            throw GraphException.For("quantize", [x, parameter], Origin.At("", 0),
                $"scales of shape {parameter.Shape}", "give a scalar, or a vector along one axis");
        if (parameter.Rank == 0 || parameter.Shape[0] == Dim.One)
            return Reshape(parameter, []);
        int along = AxisOf("quantize", x, axis, x.Rank, Origin.At("", 0));
        return Reshape(parameter, Shape.Of(x.Shape.Select((_, a) => a == along ? parameter.Shape[0] : 1)));
    }
}
