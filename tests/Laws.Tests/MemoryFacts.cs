using Adjoint.Testing;

namespace Adjoint.Laws;

/// <summary>Kernels touch their buffers and nothing else; buffers alive together do not overlap.</summary>
public class MemoryFacts
{
    public static TheoryData<VectorWidth> Widths => [.. Running.Widths];

    /// <summary>Every buffer of a call once ends where memory ends, and once starts where it starts.</summary>
    [SkippableTheory, MemberData(nameof(Widths))]
    public void Nothing_is_touched_beside_arguments_and_results(VectorWidth width)
    {
        Skip.IfNot(GuardedMemory.Available);
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
            foreach (var dims in (long[][])[[1, 1], [3, 5], [7, 17], [33, 35], [16, 64]])
                foreach (var f in Programs(dtype, dims[0], dims[1]))
                    AssertStaysInside(f, Running.At(width));
        KernelCache.Clear();
    }

    [Fact]
    public void A_layout_with_an_overlap_is_rejected()
    {
        var random = new Random(1);
        var buffers = Enumerable.Range(0, 60).Select(_ => random.Next(50))
            .Select(first => new ArenaBuffer(first, first + random.Next(8), random.Next(1, 5000), 0)).ToArray();
        var (placed, bytes) = ArenaLayout.Solve(buffers);
        ArenaVerifier.Check(placed, bytes);
        Assert.InRange(bytes, ArenaLayout.LowerBound(buffers), 2 * ArenaLayout.LowerBound(buffers));
        for (int i = 0; i < placed.Length; i++)
            foreach (int other in Enumerable.Range(0, placed.Length).Where(o => o != i && placed[o].LivesWith(placed[i])))
            {
                var mutated = placed.ToArray();
                mutated[i] = mutated[i] with { Offset = placed[other].Offset };
                Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check(mutated, long.MaxValue));
            }
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check(placed, bytes - 64));
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([placed[0] with { Offset = placed[0].Offset + 8 }], bytes));
    }

    [Fact]
    public void The_reported_peak_is_what_an_arena_takes()
    {
        foreach (long n in (long[])[16, 64])
        {
            Node x = Input("x", DType.Float32, [n, n]);
            var compiled = Running.Of([x], MatMul(MatMul(Transpose(Tanh(x)), x), Exp(x))).Compile();
            Assert.Equal($"{PlanOf(compiled, []).ArenaBytes}", compiled.Report.Peak);
        }
    }

    // More elements than a kernel sums up in front of a loop over all of them.
    private const int N = 260;

    [Fact]
    public void A_map_takes_the_place_of_what_dies_with_it()
    {
        Node x = Input("x", DType.Float32, [N, N]);
        Node y = MatMul(x, x);
        var f = Running.Of([x], MatMul(Tanh(y / Sum(y)), x));
        var compiled = f.Compile();
        Assert.Contains(compiled.Program.Lifetimes, l => l.Reuses >= 0);
        Assert.InRange(PlanOf(compiled, []).ArenaBytes, N * N * 4, 3 * N * N * 4);
        AssertTrue(f);
    }

    [Fact]
    public void A_tensor_read_elsewhere_than_where_it_is_written_keeps_its_place()
    {
        Node x = Input("x", DType.Float32, [N, N]);
        Node y = MatMul(x, x);
        var f = Running.Of([x], MatMul(y / Sum(y) + Transpose(y), x), MatMul(Flip(y, [0]) * Sum(y), x));
        AssertTrue(f);
    }

    private static void AssertTrue(Computation f)
    {
        var x = Running.Random(new(3), DType.Float32, [N, N], -0.1, 0.1);
        foreach (var (expected, actual) in Running.Truth(f, x).Zip(Running.Run(f, [x])))
            Running.AssertClose(expected, actual, 1e-4, "values");
    }

    [Fact]
    public void Taking_a_place_is_checked_too()
    {
        ArenaBuffer[] fine = [new(0, 3, 128, 64), new(3, 5, 128, 64, Reuses: 0)];
        ArenaVerifier.Check(fine, 192);
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([fine[0], fine[1] with { Reuses = -1 }], 192));
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([fine[0], fine[1] with { First = 2 }], 192));
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([fine[0], fine[1] with { Bytes = 64 }], 192));
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([fine[0], fine[1] with { Offset = 128 }], 256));
    }

    private static Plan PlanOf(Executable compiled, Dictionary<string, long> bindings) => new Binder(compiled.Program, compiled.Store, 1,
        [.. new bool[compiled.Source.Inputs.Length + compiled.Source.Outputs.Length]]).For(bindings).Plan;

    private static IEnumerable<Computation> Programs(DType dtype, long rows, long columns)
    {
        Node x = Input("x", dtype, [rows, columns]), row = Input("row", dtype, [columns]), turned = Input("turned", dtype, [columns, rows]);
        yield return Running.Of([x, row, turned], Tanh(x * row + Transpose(turned)), Flip(x, [1]) + 1, Slice(x, 1, step: 2) * 2);
        yield return Running.Of([x, row], Softmax(x), LayerNorm(x) * row, Sum(x, [0]), Sum(x));
        yield return Running.Of([x, row, turned], MatMul(x, turned), Relu(MatMul(turned, x) + row));
        yield return Running.Of([x, row], Concat([x, x * 2], 1), Pad(x, 0, [1, 2], [0, 3]), x > row);
        yield return Running.Of([x], ArgMax(x, 1), Max(x, [0]), Gather(x, Constant(new[] { 0, (int)rows - 1, 0 })));
    }

    private static unsafe void AssertStaysInside(Computation f, CompileOptions options)
    {
        var compiled = f.Compile(options: options);
        var random = new Random(2);
        HostTensor[] arguments = [.. f.Inputs.Select(i => Running.Random(random, i.DType, i.Shape.Evaluate(new Dictionary<string, long>())))];
        var expected = compiled.Run(arguments);
        var plan = PlanOf(compiled, []);
        foreach (bool atEnd in (bool[])[true, false])
        {
            GuardedMemory Guard(long bytes) => atEnd ? GuardedMemory.EndingAtGuard(bytes) : GuardedMemory.StartingAtGuard(bytes);
            var buffers = arguments.Select(a => Guard(a.Bytes.Length)).Concat(Enumerable.Range(0, expected.Count).Select(i => Guard(expected[i].Bytes.Length))).ToArray();
            for (int i = 0; i < arguments.Length; i++)
                arguments[i].Bytes.CopyTo(buffers[i].AsSpan<byte>());
            long[] words = [.. buffers.Select(b => b.Address)];
            fixed (long* w = words)
                plan.Run(w);
            for (int i = 0; i < expected.Count; i++)
                Assert.True(buffers[arguments.Length + i].AsSpan<byte>().SequenceEqual(expected[i].Bytes), $"output {i} of {f.Outputs[i].Value}");
            Array.ForEach(buffers, b => b.Dispose());
        }
    }
}
