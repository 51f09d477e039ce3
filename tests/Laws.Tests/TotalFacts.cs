namespace Adjoint.Laws;

/// <summary>
/// Sums down columns taken beside loops over rows: one pass over
/// memory, the bits of blocks of rows whoever computes them.
/// </summary>
public class TotalFacts
{
    private static readonly (long Rows, long Columns)[] Sizes = [(64, 512), (65, 600), (97, 1000), (640, 70), (1000, 33), (4, 1)];

    public static TheoryData<string> Names => [.. Functions.Keys];

    private static readonly Dictionary<string, Func<Node, Node, Node[]>> Functions = new()
    {
        ["layer norm and its gradients"] = (x, row) =>
        {
            Node y = LayerNorm(x, row, row + 1), ct = Sin(x);
            return [y, .. Gradient.Of(Sum(y * StopGradient(ct)), [x, row])];
        },
        ["softmax, and what it sums to"] = (x, row) => Softmax(x) is var p ? [p, Sum(p, [0]), Max(p * row, [0])] : [],
        ["where columns are largest"] = (x, _) => [x - Max(x, [1], keepDims: true), ArgMax(Round(x * 3), 0), Any(x > 1.9, [0])],
        ["products down columns"] = (x, row) => [x / Sum(Abs(x), [1], keepDims: true), Product(1 + x * row * 1e-3, [0])],
        ["a total that its rows depend on"] = (x, _) => [Softmax(x - BroadcastTo(Mean(x, [0]), x.Shape))],
        ["sums of a product"] = (x, row) =>
        {
            Node y = MatMul(x, Transpose(Cos(x))), z = Square(y * 0.01) - y * 1e-4;
            return [Sum(y, [0]), Sum(z, [1]), Max(Abs(z), [1]), Sum(Abs(y))];
        },
        ["every other row"] = (x, _) => [Softmax(x), Sum(Slice(x, [0, 0], [Dim.FloorDivide(x.Shape[0] + 1, 2), x.Shape[1]], [2, 1]), [0])],
    };

    [Theory, MemberData(nameof(Names))]
    public void Are_those_of_the_reference(string name) => Each(name, (f, data, what) =>
    {
        foreach (var (expected, actual) in Running.Truth(f, data).Zip(Running.Run(f, data)))
            Running.AssertClose(expected, actual, expected.DType == DType.Float32 ? 2e-5 : 1e-12, what);
    });

    [Theory, MemberData(nameof(Names))]
    public void Have_the_same_bits_for_every_width_and_number_of_threads(string name) => Each(name, (f, data, what) =>
    {
        var expected = Running.Run(f, data);
        foreach (var width in Running.Widths)
            foreach (int threads in (int[])[1, 3])
                foreach (var (e, a) in expected.Zip(Running.Run(f, data, Running.At(width, threads))))
                    Running.AssertSameBits(e, a, $"{what} {width}, {threads} threads");
    });

    [Fact]
    public void Nothing_sums_to_zero_and_NaN_stays_in_its_column()
    {
        Node x = Input("x", DType.Float32, ["rows", 128]);
        var f = Running.Of([x], Softmax(x), Sum(x, [0])).Compile();
        Assert.Single(f.Report.Fused.Groups);
        Assert.All(f.Run(HostTensor.Zeros(DType.Float32, [0, 128]))[1].Doubles(), y => Assert.Equal(0, y));
        foreach (int rows in (int[])[1, 31, 32, 33, 64, 70])
        {
            var data = HostTensor.Zeros(DType.Float32, [rows, 128]);
            data.Span<float>().Fill(1);
            data.Span<float>()[(rows - 1) * 128 + 5] = float.NaN;
            Assert.Equal(Enumerable.Range(0, 128).Select(c => c == 5 ? double.NaN : rows), f.Run(data)[1].Doubles());
        }
    }

    /// <summary>Values, slopes of rows, and both column sums in one group.</summary>
    [Fact]
    public void Take_no_kernel_of_their_own()
    {
        Node x = Input("x", DType.Float32, [300, 128]), ct = Input("ct", DType.Float32, [300, 128]);
        Node gamma = Input("gamma", DType.Float32, [128]), beta = Input("beta", DType.Float32, [128]),
            labels = Input("labels", DType.Int32, [300]);
        Node y = LayerNorm(x, gamma, beta), loss = Mean(SoftmaxCrossEntropy(x, labels));
        Assert.Single(Groups([x, ct, gamma, beta], [y, .. Gradient.Of(Sum(y * ct), [x, gamma, beta])]));
        Assert.Equal(2, Groups([x, labels], [loss, .. Gradient.Of(loss, [x])]).Length);   // rows; the mean of their losses
    }

    [Fact]
    public void A_map_keeps_its_threads_beside_a_sum_over_everything()
    {
        Node x = Input("x", DType.Float32, ["n"]), y = Exp(x);
        Assert.Contains(Groups([x], [Sum(y), y * 2]), g => g.InnerAxes.IsEmpty);
    }

    private static FusionGroup[] Groups(Node[] inputs, Node[] outputs) => [.. Running.Of(inputs, outputs).Compile().Report.Fused.Groups];

    private static void Each(string name, Action<Computation, HostTensor[], string> check)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
            foreach (var (rows, columns) in Sizes)
                foreach (bool isStatic in (bool[])[true, false])
                {
                    Node x = Input("x", dtype, isStatic ? [rows, columns] : ["rows", columns]), row = Input("row", dtype, [columns]);
                    var random = new Random(7);
                    check(Running.Of([x, row], Functions[name](x, row)),
                        [Running.Random(random, dtype, [rows, columns]), Running.Random(random, dtype, [columns])],
                        $"{name} {dtype} {rows}x{columns}{(isStatic ? "" : ", rows a symbol")}");
                }
    }
}
