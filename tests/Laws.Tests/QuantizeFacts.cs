namespace Adjoint.Laws;

/// <summary>
/// Bytes in compiled code: saturation, half to even, zero points,
/// slopes that pass straight through, and calls that pass bytes.
/// </summary>
public class QuantizeFacts
{
    private static T[] Run<T>(Node y, params (Node Input, HostTensor Value)[] at) where T : unmanaged =>
        Running.Run(Running.Of([.. at.Select(a => a.Input)], y), [.. at.Select(a => a.Value)])[0].ToArray<T>();

    [Fact]
    public void Halves_go_to_even_and_what_leaves_the_range_saturates_after_the_zero_point()
    {
        Node x = Input("x", DType.Float32, [9]), scale = Scalar(DType.Float32, 2);
        float[] values = [0, 1, 3, 5, -1, -3, 1000, -1000, float.NaN];
        Assert.Equal([0, 0, 2, 2, 0, -2, 127, -128, 0],
            Run<sbyte>(QuantizeLinear(x, scale, Constant(HostTensor.Scalar((sbyte)0))), (x, values)).Select(v => (int)v));
        Assert.Equal([128, 128, 130, 130, 128, 126, 255, 0, 0],
            Run<byte>(QuantizeLinear(x, scale, Constant(HostTensor.Scalar((byte)128))), (x, values)).Select(v => (int)v));
        Assert.Equal([255, 255], Run<byte>(QuantizeLinear(Slice(x, 0, 0, 2) + 253.4f, Scalar(DType.Float32, 1),
            Constant(HostTensor.Scalar((byte)2))), (x, values)));
    }

    [Fact]
    public void Bytes_become_floats_through_int32()
    {
        Node q = Input("q", DType.UInt8, [4]), scale = Constant(new[] { 2f, 4, 8, 16 }),
            zero = Constant(HostTensor.From(new byte[] { 128, 0, 255, 1 }));
        Assert.Equal([-256f, 1020, -2040, 32], Run<float>(DequantizeLinear(q, scale, zero, 0), (q, new byte[] { 0, 255, 0, 3 })));
    }

    /// <summary>The example that the ONNX specification gives for its DynamicQuantizeLinear, and all zeros.</summary>
    [Fact]
    public void A_range_of_its_own_always_holds_zero()
    {
        Node x = Input("x", DType.Float32, [6]);
        var (q, scale, zero) = DynamicQuantizeLinear(x);
        var results = Running.Run(Running.Of([x], q, scale, zero), [new float[] { 0, 2, -3, -2.5f, 1.34f, 0.5f }]);
        Assert.Equal(new byte[] { 153, 255, 0, 26, 221, 179 }, results[0].ToArray<byte>());
        Assert.Equal(0.0196078438f, results[1].Scalar<float>());
        Assert.Equal((byte)153, results[2].Scalar<byte>());
        Assert.Equal(new byte[6], Run<byte>(q, (x, new float[6])));
    }

    [Fact]
    public void Slopes_pass_straight_through_inside_the_range_only()
    {
        Node x = Input("x", DType.Float64, [5]), scale = Scalar(DType.Float64, 0.5);
        double[] values = [0.3, -0.8, 70, -70, 63.5];
        var (straight, step) = (FakeQuantize(x, scale), FakeQuantize(x, scale, straightThrough: false));
        Assert.Equal([0.5, -1, 63.5, -64, 63.5], Run<double>(straight, (x, values)));
        Assert.Equal(Run<double>(straight, (x, values)), Run<double>(step, (x, values)));
        Assert.Equal([1.0, 1, 0, 0, 1], Run<double>(Gradient.Of(Sum(straight), [x])[0], (x, values)));
        Assert.Equal(new double[5], Run<double>(Gradient.Of(Sum(step), [x])[0], (x, values)));
    }

    /// <summary>The example of ONNX's MatMulInteger: uint8 with a zero point of its own on the left.</summary>
    [Fact]
    public void Products_of_bytes_are_exact()
    {
        Node a = Input("a", DType.UInt8, [4, 3]), b = Input("b", DType.UInt8, [3, 2]);
        var y = MatMulInteger(a, b, Constant(HostTensor.Scalar((byte)12)), Constant(HostTensor.Scalar((byte)0)));
        Assert.Equal([-38, -83, -44, -98, -50, -113, -56, -128],
            Run<int>(y, (a, new byte[,] { { 11, 7, 3 }, { 10, 6, 2 }, { 9, 5, 1 }, { 8, 4, 0 } }),
                (b, new byte[,] { { 1, 4 }, { 2, 5 }, { 3, 6 } })));
    }

    private delegate sbyte OfBytes(byte a, ReadOnlySpan<sbyte> b, Span<byte> doubled);

    [Fact]
    public void Typed_delegates_pass_bytes_by_value_and_as_spans()
    {
        foreach (int n in (int[])[1, 100])
        {
            Node a = Input("a", DType.UInt8, []), b = Input("b", DType.Int8, [n]);
            Node sum = Convert(Sum(Convert(b, DType.Int32)) + Convert(a, DType.Int32), DType.Int8);
            var f = Running.Of([a, b], sum, Convert(b, DType.UInt8) + Convert(b, DType.UInt8)).Compile<OfBytes>();
            var doubled = new byte[n];
            Assert.Equal(unchecked((sbyte)(200 - 3 * n)), f(200, Enumerable.Repeat((sbyte)-3, n).ToArray(), doubled));
            Assert.All(doubled, v => Assert.Equal(250, v));
        }
    }

    [Fact]
    public void Products_and_routines_say_that_they_want_wider_numbers()
    {
        var q = Input("q", DType.Int8, [3, 3]);
        foreach (var build in (Func<Node>[])[() => MatMul(q, q), () => Sort(q)])
            Assert.Contains("DType.Int32", Assert.Throws<GraphException>(build).Message, StringComparison.Ordinal);
    }
}
