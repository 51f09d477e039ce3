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
            [Records(x, Minimum(Abs(y), 2f))],
        ["results of several types"] = (x, y) => [x - y, x > y, Convert(x, DType.Float64) * 2],
        ["a scalar beside"] = (x, y) => [x + Slice(y, [0], [1])],
    };

    // Of the rows of a table that are asked for.
    private static Node Records(Node x, Node rows)
    {
        Node table = Constant(HostTensor.From(new[] { 0, 0.4f, 0.8f, 1.2f, 1.6f, 2 }, [3, 2]));
        Node Entries(int column) => Gather(Reshape(Slice(table, 1, column, column + 1), [3]), Convert(rows, DType.Int32));
        return Stack([Erfinv(Tanh(Entries(0) / Sqrt(Entries(1) + 2)) * 0.9f), x - rows, Entries(1)], 1);
    }

    /// <summary>Also in the first and the last round of a pipeline, of which one stage has no lanes.</summary>
    [Theory, InlineData(1), InlineData(8), InlineData(9), InlineData(100)]
    public void A_row_that_a_table_does_not_have_is_found_in_every_lane(int length)
    {
        Node x = Input("x", DType.Float32, ["n"]), rows = Input("rows", DType.Float32, ["n"]);
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int at in new[] { -1, 0, length / 2, length - 1 })
            {
                using var run = new ContractionRun(new([x, rows], [Records(x, rows)]), new() { ["n"] = length }, atEnd: true)
                {
                    Width = width,
                };
                run.Of<float>(x).Fill(0.5f);
                run.Of<float>(rows).Fill(2);
                if (at >= 0)
                    run.Of<float>(rows)[at] = at % 2 == 0 ? 3 : -1;
                Assert.Equal(at >= 0, run.Run() != 0);
            }
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
