using System.Numerics;
using System.Runtime.InteropServices;
using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>
/// Reductions over everything, cut into blocks that threads
/// share: right, and the same bits whoever computes which block.
/// </summary>
public class LaneBlockFacts
{
    public static TheoryData<string> Names => [.. Functions.Keys];

    private static readonly Dictionary<string, Func<Node, Node[]>> Functions = new()
    {
        ["sum"] = x => [Sum(x)],
        ["sum of float64"] = x => [Sum(Convert(x, DType.Float64) * 0.1)],
        ["mean of squares, and what is summed"] = x => [Mean(x * x), x * x],
        ["largest and smallest"] = x => [Max(x) - Min(x)],
        ["product"] = x => [Product(1 + x * 1e-4f)],
        ["where it is largest"] = x => [ArgMax(Round(x * 3), 0)],
        ["any, all"] = x => [Any(x > 0.9999f), All(x > -3)],
        ["what takes many instructions"] = x => [Sum(Tanh(x) * Sin(x)), Sum(Exp(x))],
        ["with a value computed before"] = x => [Sum(x * Exp(Reshape(Slice(x, [0], [1]), [])))],
    };

    [Theory, MemberData(nameof(Names))]
    public void Are_those_of_the_reference_and_of_one_piece(string name)
    {
        foreach (bool isStatic in (bool[])[false, true])
            Check(name, isStatic);
    }

    private static void Check(string name, bool isStatic)
    {
        foreach (long length in (long[])[1, 33, LaneBlocks.Length - 1, LaneBlocks.Length, LaneBlocks.Length + 1,
            (3 * LaneBlocks.Length) + 77])
        {
            Node x = Input("x", DType.Float32, isStatic ? [length] : ["n"]);
            var f = new Computation([x], [.. Functions[name](x).Select(o => (Output)o)]);
            var optimised = Pipeline.Default.Run(f, new()).Optimised;
            byte[][]? bits = null;
            foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
                foreach (int pieces in (int[])[1, 3])
                {
                    using var run = new ContractionRun(optimised, new() { ["n"] = length }) { Width = width, Pieces = pieces };
                    ContractionFacts.Fill(run.Of<float>(optimised.Inputs[0]), 1);
                    float[] data = run.Of<float>(optimised.Inputs[0]).ToArray();
                    Assert.Equal(0, run.Run());
                    byte[][] found = [.. optimised.Outputs.Select(o => run.Of<byte>(o.Value).ToArray())];
                    bits ??= found;
                    Assert.Equal(bits, found);
                    foreach (var (expected, actual) in Reference.Run(f, [HostTensor.From(data, [length])]).Zip(found))
                        AssertClose(expected, actual, $"{name} {length} {width}");
                }
        }
    }

    [Fact]
    public void Nan_is_found_in_any_block()
    {
        Node x = Input("x", DType.Float32, ["n"]);
        foreach (long at in (long[])[0, LaneBlocks.Length + 3, 3 * LaneBlocks.Length])
        {
            using var run = new ContractionRun(new Computation([x], [Max(x), Sum(x)]),
                new() { ["n"] = (3 * LaneBlocks.Length) + 1 }) { Pieces = 2 };
            run.Of<float>(x).Clear();
            run.Of<float>(x)[(int)at] = float.NaN;
            Assert.Equal(0, run.Run());
            Assert.All(run.Fused.Computation.Outputs, o => Assert.True(float.IsNaN(run.Of<float>(o.Value)[0])));
        }
    }

    [Fact]
    public void Long_sums_keep_their_digits()
    {
        Node x = Input("x", DType.Float32, ["n"]);
        var sum = new Computation([x], [Sum(x)]).Compile();
        float[] data = [.. Enumerable.Repeat(0.1f, 10_000_000)];
        Assert.Equal(data.Length * (double)0.1f, sum.Run(data)[0].Scalar<float>(), data.Length * 1e-6);
    }

    internal static void AssertClose(HostTensor expected, byte[] actual, string what)
    {
        if (expected.DType == DType.Float32)
            Each<float>(5e-4);
        else if (expected.DType == DType.Float64)
            Each<double>(1e-11);
        else
            Assert.True(expected.Bytes.SequenceEqual(actual), what);

        void Each<T>(double tolerance) where T : unmanaged, INumber<T>
        {
            foreach (var (e, a) in expected.ToArray<T>().Zip(MemoryMarshal.Cast<byte, T>(actual).ToArray()))
                Assert.True(Math.Abs(double.CreateChecked(e - a)) <= tolerance * Math.Max(1,
                    Math.Abs(double.CreateChecked(e))), $"{what}: {e}, {a}");
        }
    }
}
