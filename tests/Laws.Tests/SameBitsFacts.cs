namespace Adjoint.Laws;

/// <summary>Bits do not depend on register width, on threads, or on the rows that a row is computed with.</summary>
public class SameBitsFacts
{
    private static readonly long[] Columns = [1, 5, 31, 32, 33, 100, 1000];

    public static TheoryData<string> Names => [.. Functions.Keys];

    private static readonly Dictionary<string, Func<Node, Node>> Functions = new()
    {
        ["elementwise"] = x => Tanh(x) * Exp(x) / (Log1p(Abs(x)) + Sin(x) * Sin(x) + 0.25),
        ["activations"] = x => Gelu(x) + Silu(x) - Softplus(x) * Erf(x),
        ["powers"] = x => Pow(Abs(x) + 0.1, x) + Cos(x) + Expm1(x),
        ["softmax"] = x => Softmax(x),
        ["log softmax"] = x => LogSoftmax(x),
        ["layer norm"] = x => LayerNorm(x),
        ["sum"] = x => Sum(x, [1]),
        ["sum of what takes many instructions"] = x => Sum(Tanh(x) * Log1p(Abs(x)), [1]),
        ["sum of what takes more"] = x => Sum(Gelu(x) * Pow(Abs(x) + 0.1, x) + Sin(x) * Expm1(x), [1]),
        ["mean and variance"] = x => Mean(x, [1]) + Variance(x, [1]),
        ["product"] = x => Product(x * 0.1 + 1, [1]),
        ["argmax"] = x => ArgMax(Round(x * 4)),
        ["largest"] = x => Max(x, [1]) - Min(x, [1]),
        ["matmul"] = x => MatMul(x, Sin(Iota([x.Shape[1], 37], 0, x.DType) + Iota([x.Shape[1], 37], 1, x.DType) * 0.1)),
        ["matmul and bias"] = x => Relu(MatMul(x, Cos(Iota([x.Shape[1], 16], 0, x.DType))) + Iota([16], 0, x.DType)),
    };

    [Theory, MemberData(nameof(Names))]
    public void For_every_register_width(string name) => Each(name, rows: 5, (f, x, expected, what) =>
    {
        foreach (var width in Running.Widths)
            Running.AssertSameBits(expected, Running.Run(f, [x], Running.At(width))[0], $"{what} {width}");
    });

    [Theory, MemberData(nameof(Names))]
    public void For_every_number_of_threads(string name) => Each(name, rows: 700, (f, x, expected, what) =>
    {
        foreach (int threads in (int[])[1, 2, 4])
            Running.AssertSameBits(expected, Running.Run(f, [x], Running.At(VectorWidths.Best, threads))[0], $"{what}, {threads} threads");
    });

    [Theory, MemberData(nameof(Names))]
    public void For_a_row_alone_or_in_a_batch(string name) => Each(name, rows: 37, (f, x, expected, what) =>
    {
        var compiled = f.Compile(options: Running.At(VectorWidths.Best));
        long columns = x.Shape[1];
        int rowBytes = (int)columns * x.DType.Size, resultBytes = expected.Bytes.Length / 37;
        foreach (int row in (int[])[0, 1, 17, 36])
        {
            var alone = HostTensor.Zeros(x.DType, [1, columns]);
            x.Bytes.Slice(row * rowBytes, rowBytes).CopyTo(alone.Bytes);
            Assert.True(compiled.Run(alone)[0].Bytes.SequenceEqual(expected.Bytes.Slice(row * resultBytes,
                resultBytes)), $"{what}, row {row}");
        }
    });

    [Fact]
    public void For_sums_over_columns_and_over_everything()
    {
        foreach (long rows in (long[])[1, 33, 300])
        {
            Node x = Input("x", DType.Float32, [rows, 70]);
            var f = Running.Of([x], Sum(x, [0]), Sum(x), ArgMax(Round(x * 4), 0), Softmax(x, 0));
            HostTensor[] data = [Running.Random(new Random(3), DType.Float32, [rows, 70])];
            var expected = Running.Run(f, data, Running.At(VectorWidth.Scalar));
            foreach (var width in Running.Widths)
                foreach (int threads in (int[])[1, 2, 4])
                    foreach (var (e, a) in expected.Zip(Running.Run(f, data, Running.At(width, threads))))
                        Running.AssertSameBits(e, a, $"{rows} rows, {width}, {threads} threads");
        }
    }

    private static void Each(string name, long rows, Action<Computation, HostTensor, HostTensor, string> check)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
            foreach (long columns in Columns)
            {
                Node x = Input("x", dtype, ["rows", columns]);
                var f = Running.Of([x], Functions[name](x));
                var data = Running.Random(new Random(5), dtype, [rows, columns]);
                check(f, data, Running.Run(f, [data], Running.At(VectorWidths.Best))[0], $"{name} {dtype} {columns}");
            }
    }
}
