using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Where elements go: arrangements written out by hand, errors at the line that asks for the impossible.</summary>
public class LayoutFacts
{
    private static readonly Dictionary<string, (Func<Node, Node> F, double[] X, double[] Y)> Rows = new()
    {
        ["tile"] = (x => Tile(x, [2]), [1, 2, 3], [1, 2, 3, 1, 2, 3]),
        ["tile to nothing"] = (x => Tile(x, [0]), [1, 2], []),
        ["repeat"] = (x => Repeat(x, 2, 0), [1, 2], [1, 1, 2, 2]),
        ["roll"] = (x => Roll(x, 1, 0), [1, 2, 3], [3, 1, 2]),
        ["roll back and around"] = (x => Roll(x, -4, -1), [1, 2, 3], [2, 3, 1]),
        ["roll nothing"] = (x => Roll(x, 3, 0), [], []),
        ["reflect"] = (x => Pad(x, [2], [2], PadMode.Reflect), [1, 2, 3], [3, 2, 1, 2, 3, 2, 1]),
        ["reflect beyond the size"] = (x => Pad(x, [5], [4], PadMode.Reflect), [1, 2, 3], [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3]),
        ["reflect one"] = (x => Pad(x, [2], [1], PadMode.Reflect), [7], [7, 7, 7, 7]),
        ["edge"] = (x => Pad(x, [2], [1], PadMode.Edge), [1, 2, 3], [1, 1, 1, 2, 3, 3]),
        ["wrap"] = (x => Pad(x, [2], [5], PadMode.Wrap), [1, 2, 3], [2, 3, 1, 2, 3, 1, 2, 3, 1, 2]),
        ["reflect and crop"] = (x => Pad(x, [2], [-1], PadMode.Reflect), [1, 2, 3], [3, 2, 1, 2]),
        ["crop"] = (x => Pad(x, 0, [-1], [-1]), [1, 2, 3], [2]),
        ["an odd crop rounds down at the start"] = (x => CenterCropPad(x, [2]), [1, 2, 3, 4, 5], [2, 3]),
        ["an odd pad rounds down at the start"] = (x => CenterCropPad(x, [4]), [1], [0, 1, 0, 0]),
        ["triu keeps NaN out"] = (x => Flat(Triu(Reshape(x, [2, 2]))), [1, 2, NaN, 4], [1, 2, 0, 4]),
        ["tril"] = (x => Flat(Tril(Reshape(x, [2, 3]), 1)), [1, 2, 3, 4, 5, 6], [1, 2, 0, 4, 5, 6]),
        ["diagonal of a rectangle"] = (x => Diagonal(Reshape(x, [2, 3]), 1), [1, 2, 3, 4, 5, 6], [2, 6]),
        ["diagonal below"] = (x => Diagonal(Reshape(x, [3, 2]), -1), [1, 2, 3, 4, 5, 6], [3, 6]),
        ["diagonal outside"] = (x => Diagonal(Reshape(x, [2, 2]), 2), [1, 2, 3, 4], []),
        ["trace"] = (x => ExpandDims(Trace(Reshape(x, [2, 2])), 0), [1, 2, 3, 4], [5]),
        ["diagonal-embed above"] = (x => Flat(DiagonalEmbed(x, 1)), [1, 2], [0, 1, 0, 0, 0, 2, 0, 0, 0]),
        ["blocks first"] = (x => Flat(DepthToSpace(Reshape(x, [1, 8, 1, 1]), 2)), [0, 1, 2, 3, 4, 5, 6, 7], [0, 2, 4, 6, 1, 3, 5, 7]),
        ["channels first"] = (x => Flat(DepthToSpace(Reshape(x, [1, 8, 1, 1]), 2, DepthOrder.ChannelFirst)),
            [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6, 7]),
        ["space to depth and back"] = (x => Flat(DepthToSpace(SpaceToDepth(Reshape(x, [1, 1, 2, 4]), 2), 2)),
            [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6, 7]),
        ["chunks"] = (x => Concat([.. Chunk(x, 3).Reverse()]), [1, 2, 3, 4, 5, 6, 7], [7, 4, 5, 6, 1, 2, 3]),
        ["flatten at the end"] = (x => Flat(Flatten(Reshape(x, [2, 2]), 2) * 2), [1, 2, 3, 4], [2, 4, 6, 8]),
        ["range, each rounded once"] = (x => Range(Reshape(x, []), Scalar(DType.Float64, 0.1), 4), [1], [1, 1.1, 1.2, 1 + 3 * 0.1]),
    };

    public static TheoryData<string> EveryRow() => [.. Rows.Keys];

    private static Node Flat(Node x) => Reshape(x, [x.Shape.ElementCount]);

    [Theory, MemberData(nameof(EveryRow))]
    public void Elements_go_where_they_should(string name) => AssertClose(Rows[name].Y, Eval(Rows[name].F, Rows[name].X), 1e-15);

    [Fact]
    public void What_cannot_be_arranged_is_refused()
    {
        Node x = Input("x", DType.Float64, [3, 4]), rows = Input("rows", DType.Float64, ["n", 4]);
        Action[] wrong =
        [
            () => Tile(x, [2]), () => Repeat(x, 2, 2), () => Roll(x, 1, 5), () => Unstack(rows), () => Chunk(x, 0), () => Triu(Sum(x)),
            () => Diagonal(x, axis1: 1), () => Diagonal(rows), () => Trace(Sum(x, [0])), () => DepthToSpace(x, 2),
            () => Pad(x, [1], [1], PadMode.Edge),
            () => Pad(Slice(x, 0, 1, 1), [1, 0], [0, 0], PadMode.Wrap), () => CenterCropPad(x, ["n"], [0]), () => MeshGrid([x]),
            () => DiagonalEmbed(Sum(x)), () => Flatten(x, 3),
        ];
        Assert.All(wrong, build => Assert.Contains("fix ", Assert.Throws<GraphException>(build).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Text_and_an_extent_make_text()
    {
        Assert.Equal("axis has 2*n", "axis has " + (Dim.Symbol("n") * 2));
        Assert.Equal("3 elements", Dim.Of(3) + " elements");
    }
}
