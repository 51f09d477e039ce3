using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>Kernels of one code over different tensors in one launch: the bits of launches of their own, and nothing beside them touched.</summary>
public class LaunchTableFacts
{
    private static readonly long[] Lengths = [2, 7, 15, 16, 17, 33, 64, 1023, 1024, 1025, 2600, 5000];

    private static readonly (long, long)[] Matrices = [(2, 40), (3, 33), (64, 64), (65, 77), (130, 35), (7, 700), (200, 201)];

    public static TheoryData<string> Names => [.. Functions.Keys];

    // What is computed from each tensor, the number of kernels that takes, and whether the tensors are matrices.
    private static readonly Dictionary<string, (Func<Node, Node[]> Of, int Launches, bool OfMatrices)> Functions = new()
    {
        ["map"] = (x => [(x * x) + 1], 1, false),
        ["several results of several types"] = (x => [Tanh(x) / (2 + x), Convert(x, DType.Float64) * 2, x > 0.5f], 3, false),
        ["sum of all"] = (x => [Sum(x * x)], 1, false),
        ["moments of an optimiser, and what they are divided by"] = (x => [Sqrt(x * x) / (x + 2), x * 0.9f, Sum(x)], 3, false),
        ["rows"] = (x => [Softmax(x)], 1, true),
        ["along rows"] = (x => [Sum(x, [1]), Max(x, [1])], 2, true),
        ["columns"] = (x => [Sum(x, [0])], 1, true),
        ["transposed"] = (x => [Transpose(x) * 2], 1, true),
        ["both"] = (x => [x * (Transpose(Transpose(x) + 1) - 2)], 1, true),
    };

    [Theory, MemberData(nameof(Names))]
    public void Have_the_bits_of_kernels_with_launches_of_their_own(string name)
    {
        var (function, launches, ofMatrices) = Functions[name];
        Node[] inputs = ofMatrices ? [.. Matrices.Select(m => Input($"x{m}", DType.Float32, [m.Item1, m.Item2]))]
            : [.. Lengths.Select(n => Input($"x{n}", DType.Float32, [n]))];
        var f = Pipeline.Default.Run(new Computation(inputs, [.. inputs.SelectMany(function).Select(o => (Output)o)]), new()).Optimised;
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int pieces in (int[])[1, 2, 5])
                foreach (bool atEnd in (bool[])[false, true])
                {
                    using ContractionRun alone = Made(1), joined = Made(pieces);
                    Assert.Equal(0, alone.Run());
                    Assert.Equal(launches, joined.RunInTables());
                    foreach (var output in f.Outputs)
                        Assert.True(alone.Of<byte>(output.Value).SequenceEqual(joined.Of<byte>(output.Value)), $"{name} {output} {width} {pieces}");

                    ContractionRun Made(int cut)
                    {
                        var run = new ContractionRun(f, atEnd: atEnd) { Width = width, Pieces = cut };
                        foreach (var (i, x) in f.Inputs.Index())
                        {
                            ContractionFacts.Fill(run.Of<float>(x), i);
                            run.Of<float>(x)[run.Of<float>(x).Length / 2] = i % 3 == 2 ? float.NaN : i;
                        }
                        return run;
                    }
                }
    }

    [Fact]
    public void An_entry_of_nothing_takes_no_part()
    {
        Node a = Input("a", DType.Float32, ["n"]), b = Input("b", DType.Float32, ["m"]), c = Input("c", DType.Float32, ["k"]);
        var f = new Computation([a, b, c], [a * 2, b * 2, c * 2]);
        using var run = new ContractionRun(f, new() { ["n"] = 0, ["m"] = 3, ["k"] = 5 });
        run.Of<float>(b).Fill(1);
        run.Of<float>(c).Fill(3);
        Assert.Equal(1, run.RunInTables());
        Assert.Equal([2, 2, 2], run.Of<float>(run.Fused.Computation.Outputs[1].Value).ToArray());
        Assert.Equal([6, 6, 6, 6, 6], run.Of<float>(run.Fused.Computation.Outputs[2].Value).ToArray());
    }

    [Fact]
    public void Others_than_equal_kernels_without_errors_share_none()
    {
        Node x = Input("x", DType.Float32, [9]), y = Input("y", DType.Float32, [8]), at = Input("at", DType.Int32, [3]);
        var keys = Fuse.Run(new Computation([x, y, at], [x * 2, y * 3, Gather(x, at, 0)])).Groups
            .SelectMany(g => LoopLowering.Of(g)).Select(LaunchTable.KeyOf).ToList();
        Assert.Single(keys, key => key is null);
        Assert.Equal(3, keys.Distinct().Count());
    }
}
