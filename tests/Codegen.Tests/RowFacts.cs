using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>
/// Several loops over a row, which ask for memory ahead: between guard pages, for lengths around a round of registers, the same bits in
/// registers of every width, by one thread or three.
/// </summary>
public class RowFacts
{
    private static readonly Dictionary<string, Func<Node, Node, Node[]>> Functions = new()
    {
        ["softmax and its gradient"] = (x, ct) => [Softmax(x), Gradient.Of(Sum(Softmax(x) * ct), [x])[0]],
        ["layer norm and its gradient"] = (x, ct) => [LayerNorm(x), Gradient.Of(Sum(LayerNorm(x) * ct), [x])[0]],
        ["long code that asks for positions"] = (x, ct) =>
            [Sum(Exp(x - Max(x, [1], keepDims: true)) * Where(Equal(Positions(x), Constant(3)), x, Tanh(ct)), [1]), ArgMax(x, 1)],
        ["columns beside rows"] = (x, ct) => [x / Sum(Exp(x), [1], keepDims: true), Sum(x * ct, [0])],
        ["a loop that sums what an earlier one stored"] = (x, ct) => [Exp(x), Sum(Exp(x) * ct, [1]) / Sum(Exp(x), [1])],
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Are_those_of_the_reference_in_every_width(string name)
    {
        foreach (long columns in (long[])[31, 33, 64, 1055])
            foreach (bool isStatic in (bool[])[true, false])
                Check(name, columns, isStatic);
    }

    private static void Check(string name, long columns, bool isStatic)
    {
        const long Rows = 37;
        Node x = Input("x", DType.Float32, [Rows, isStatic ? columns : "n"]), ct = Input("ct", DType.Float32, [Rows, x.Shape[1]]);
        var f = Differentiate.Run(new Computation([x, ct], [.. Functions[name](x, ct).Select(o => (Output)o)]));
        var optimised = Pipeline.Default.Run(f, new()).Optimised;
        byte[][]? bits = null;
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int pieces in (int[])[1, 3])
            {
                using var run = new ContractionRun(optimised, new() { ["n"] = columns }, atEnd: pieces > 1) { Width = width, Pieces = pieces };
                HostTensor[] data = [.. optimised.Inputs.Select((input, i) =>
                {
                    ContractionFacts.Fill(run.Of<float>(input), i + 1);
                    return HostTensor.From(run.Of<float>(input).ToArray(), [Rows, columns]);
                })];
                Assert.Equal(0, run.Run());
                byte[][] found = [.. optimised.Outputs.Select(o => run.Of<byte>(o.Value).ToArray())];
                bits ??= found;
                Assert.Equal(bits, found);
                foreach (var (expected, actual) in Reference.Run(f, data).Zip(found))
                    LaneBlockFacts.AssertClose(expected, actual, $"{name} {columns} {width}");
            }
    }

    private static Node Positions(Node x) => Iota(x.Shape, 1, DType.Int32);
}
