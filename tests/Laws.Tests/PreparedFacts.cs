namespace Adjoint.Laws;

/// <summary>
/// Constant operands of products are packed once, before the
/// first call, to the bits of products that pack in every call.
/// </summary>
public class PreparedFacts
{
    public static TheoryData<VectorWidth> Widths => [.. Running.Widths];

    [Theory, MemberData(nameof(Widths))]
    public void A_constant_operand_gives_the_bits_of_an_argument(VectorWidth width)
    {
        var random = new Random(3);
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
            foreach (var (m, k, n) in new[] { (1, 1, 1), (1, 40, 33), (3, 7, 64), (16, 400, 31), (70, 17, 5), (300, 20, 96), (5, 0, 9) })
                foreach (bool isTransposed in new[] { false, true })
                {
                    Node x = Input("x", dtype, [m, k]), w = Input("w", dtype, isTransposed ? [n, k] : [k, n]);
                    Node Of(Node b) => Tanh(MatMul(x, isTransposed ? Transpose(b, [1, 0]) : b) + 1);
                    HostTensor data = Running.Random(random, dtype, [m, k]),
                        weights = Running.Random(random, dtype, isTransposed ? [n, k] : [k, n]);
                    var fixedOnce = Running.Of([x], Of(Constant(weights))).Compile(options: Running.At(width));
                    Running.AssertSameBits(Running.Run(Running.Of([x, w], Of(w)), [data, weights], Running.At(width))[0],
                        fixedOnce.Run(data)[0], $"{dtype} {m}x{k}x{n} {(isTransposed ? "transposed" : "")}");
                    Assert.DoesNotContain(fixedOnce.Report.Kernels, kernel => kernel.Name.EndsWith("_pack", StringComparison.Ordinal));
                }
    }

    [Fact]
    public void Copies_are_made_once_for_any_batch_and_are_reported()
    {
        var random = new Random(4);
        HostTensor first = Running.Random(random, DType.Float32, [24, 70]), second = Running.Random(random, DType.Float32, [4, 70, 10]);
        Node x = Input("x", DType.Float32, ["batch", 24]);
        var f = Running.Of([x], MatMul(Relu(MatMul(x, Constant(first))), Constant(second)));
        var compiled = f.Compile(options: new() { Threads = 2 });
        Assert.True(compiled.Report.PreparedBytes >= 4 * (first.Length + second.Length));
        Assert.Contains($"constants packed once: {compiled.Report.PreparedBytes} bytes", compiled.Report.ToString(),
            StringComparison.Ordinal);
        Assert.Equal(compiled.Report.PreparedBytes, f.Compile().Report.PreparedBytes);
        foreach (int batch in new[] { 1, 9, 0, 300, 9 })
        {
            var data = Running.Random(random, DType.Float32, [batch, 24]);
            Running.AssertClose(Running.Truth(f, data)[0], compiled.Run(data)[0], 1e-5, $"batch {batch}");
        }
    }

    [Fact]
    public void A_guarded_or_incremental_program_computes_the_same()
    {
        var random = new Random(5);
        HostTensor weights = Running.Random(random, DType.Float64, [12, 40]), data = Running.Random(random, DType.Float64, [9, 12]);
        Node x = Input("x", DType.Float64, [9, 12]);
        var f = Running.Of([x], Sum(MatMul(x, Constant(weights)), [0]));
        var expected = f.Compile().Run(data)[0];
        Running.AssertSameBits(expected, f.Compile(nanGuard: true).Run(data)[0], "guarded");
        var session = f.Compile().Open();
        session.Set(0, data.Span<double>());
        session.Run();
        Assert.Equal(expected.ToArray<double>(), session.Get<double>(0).ToArray());
    }
}
