namespace Adjoint.Laws;

/// <summary>Under a cap on memory cheap values are computed again, to the bit.</summary>
public class RecomputationFacts
{
    private const int Rows = 64, Width = 48, Layers = 6;

    // Elementwise chains between products, whose gradients read what the chains made.
    private static Computation Model()
    {
        Node x = Input("x", DType.Float32, [Rows, Width]);
        var weights = Enumerable.Range(0, Layers).Select(i => new Variable($"w{i}", [Width, Width], Init.HeNormal(i))).ToArray();
        Node h = x;
        foreach (var w in weights)
        {
            Node z = MatMul(h, w);
            h = z * Sigmoid(z) + Maximum(z, 0);
        }
        Node loss = Mean(Square(h));
        return new Computation([x], [loss]).WithUpdates(Sgd.Updates(weights, Gradient.Of(loss, [.. weights]), 0.1));
    }

    private static (float Loss, byte[] Weights) Run(Executable step)
    {
        var x = Running.Random(new Random(1), DType.Float32, [Rows, Width]);
        step.Run(x);
        float loss = step.Run(x)[0].Scalar<float>();
        return (loss, [.. step.Source.Variables.SelectMany(v => step.Stored(v).Bytes.ToArray())]);
    }

    [Fact]
    public void A_cap_is_kept_and_no_bit_changes()
    {
        var free = Model().Compile();
        long needed = free.Report.Memory().ArenaBytes;
        long least = Least(Model());
        Assert.InRange(least, 1, needed * 9 / 10);
        foreach (long cap in (long[])[needed, (needed + least) / 2, least])
        {
            var capped = Model().Compile(options: new() { MemoryCap = cap });
            Assert.InRange(capped.Report.Memory().ArenaBytes, 1, cap);
            Assert.Equal(Run(Model().Compile()).Loss, Run(capped).Loss);
            Assert.Equal(Run(Model().Compile()).Weights, Run(Model().Compile(options: new() { MemoryCap = cap })).Weights);
        }
    }

    // The message says it.
    private static long Least(Computation f)
    {
        var error = Assert.Throws<GraphException>(() => f.Compile(options: new() { MemoryCap = 1 }));
        Assert.Contains("MemoryCap is 1", error.Message);
        var words = error.Message.Split(' ', '\n');
        return long.Parse(words[Array.IndexOf(words, "needs") + 1], null);
    }

    [Fact]
    public void A_cap_that_nothing_exceeds_changes_nothing()
    {
        var (free, capped) = (Model().Compile(), Model().Compile(options: new() { MemoryCap = long.MaxValue }));
        Assert.Equal(free.ToKernelText(), capped.ToKernelText());
    }

    [Fact]
    public void A_cap_needs_numbers_for_extents()
    {
        Node x = Input("x", DType.Float32, ["n"]);
        Assert.Contains("MemoryCap", Assert.Throws<GraphException>(() =>
            Running.Of([x], Exp(x)).Compile(options: new() { MemoryCap = 100 })).Message);
    }

    [Fact]
    public void Late_readers_get_copies_and_early_ones_keep_the_value()
    {
        Node x = Input("x", DType.Float32, [4]);
        Node v = Exp(x), early = Sin(v), end = Cos(early) * v;
        var f = Running.Of([x], end);
        var changed = Recompute.Late(f, new HashSet<Node> { v }, a => a == end.Apply)!;
        Assert.Equal(2, changed.Applies.Count(a => a.Op is Operations.Exp));
        Assert.Equal(Running.Truth(f, new float[] { 1, 2, 3, 4 })[0].Bytes, Running.Truth(changed, new float[] { 1, 2, 3, 4 })[0].Bytes);
        Assert.Null(Recompute.Late(f, new HashSet<Node> { v }, _ => false));
    }
}
