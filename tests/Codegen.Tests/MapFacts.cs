using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>
/// Maps, whose code is copied for several registers where it is short; copies load before the first of them stores. Around every length
/// at which a register or a set of copies begins, all widths give the same bits and touch nothing beside their tensors.
/// </summary>
public class MapFacts
{
    public static TheoryData<string> Names => [.. Functions.Keys];

    private static readonly Dictionary<string, Func<Node, Node, Node[]>> Functions = new()
    {
        ["four copies"] = (x, y) => [x * y + 1],
        ["two copies"] = (x, y) => [Exp(x) - y],
        ["one copy"] = (x, y) => [Erfc(x) * Tanh(y)],
        ["more code than is copied"] = (x, y) => [Pow(Abs(x) + 1, y) + Erf(y)],
        ["two stages"] = (x, y) => [Erfinv(Tanh(x / y) * 0.9f)],
        ["two stages of records at positions that are checked"] = (x, y) =>
            [Stack([Erfinv(Tanh(Entry(0, y) / Sqrt(Entry(1, y) + 2)) * 0.9f), x - y, Entry(1, y)], 1)],
        ["results of several types"] = (x, y) => [x - y, x > y, Convert(x, DType.Float64) * 2],
        ["a scalar beside"] = (x, y) => [x + Slice(y, [0], [1])],
    };

    // A column of a table, in the row that y says.
    private static Node Entry(int column, Node y)
    {
        Node table = Constant(HostTensor.From(new[] { 0, 0.4f, 0.8f, 1.2f, 1.6f, 2 }, [3, 2]));
        Node entries = Reshape(Slice(table, 1, column, column + 1), [3]);
        return Gather(entries, Convert(Minimum(Abs(y), 2f), DType.Int32));
    }

    [Theory, MemberData(nameof(Names))]
    public void Have_the_same_bits_at_every_width_and_length(string name)
    {
        foreach (int lanes in new[] { 1, 4, 8, 16 })
            foreach (int length in new[] { 0, 1, lanes - 1, lanes, lanes + 1, 2 * lanes + 1, 4 * lanes - 1, 4 * lanes, 9 * lanes + 1, 20 * lanes - 1 })
                if (length > 0 || name != "a scalar beside")
                    foreach (bool isStatic in (bool[])[false, true])
                        Check(name, isStatic, length);
    }

    private static void Check(string name, bool isStatic, int length)
    {
        Dim n = isStatic ? Dim.Of(length) : Dim.Symbol("n");
        Node x = Input("x", DType.Float32, [n]), y = Input("y", DType.Float32, [n]);
        var outputs = Functions[name](x, y);
        byte[][]? bits = null;
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (bool atEnd in (bool[])[false, true])
            {
                using var run = new ContractionRun(new([x, y], [.. outputs.Select(o => (Output)o)]), new() { ["n"] = length }, atEnd)
                {
                    Width = width,
                };
                ContractionFacts.Fill(run.Of<float>(x), 1);
                ContractionFacts.Fill(run.Of<float>(y), 2);
                if (length > 3)
                    run.Of<float>(x)[length - 2] = float.NaN;
                Assert.Equal(0, run.Run());
                byte[][] found = [.. outputs.Select(o => run.Of<byte>(o).ToArray())];
                bits ??= found;
                Assert.True(bits.Zip(found).All(b => b.First.AsSpan().SequenceEqual(b.Second)), $"{name} {length} {width}");
            }
    }
}
