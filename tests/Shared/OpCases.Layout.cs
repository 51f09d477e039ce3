using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Ops that rearrange, repeat and cut: mostly views.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Layout =>
    [
        new("flatten", x => Flatten(x[0], 2), new Operand([2, 3, 4])) { DTypes = Numbers },
        new("flatten, counted from the end", x => Flatten(x[0], -1), new Operand([2, 3, 4])),
        Map("tile", x => Tile(x, [2, 3])) with { DTypes = Numbers }, Map("tile to nothing", x => Tile(x, [2, 0])),
        Map("repeat rows", x => Repeat(x, 3, 0)) with { DTypes = Numbers }, Map("repeat columns", x => Repeat(x, 2, -1)),
        new("repeat along a symbol", x => Repeat(x[0], 2, 0), new Operand([3, 4])) { RowSymbol = "rows" },
        Map("roll", x => Roll(x, 1, 1)) with { DTypes = Numbers }, Map("roll back and far", x => Roll(x, -10, 0)),
        new("roll along a symbol", x => Roll(x[0], 5, 0), new Operand([3, 4])) { RowSymbol = "rows" },
        Map("unstack", x => Unstack(x, 1) is [var a, var b, _, var d] ? a * b - d : x),
        new("chunks, the last one shorter", x => Chunk(x[0], 3) is [var a, var b, var c] ? Concat([c, a * b]) : x[0], new Operand([8, 2])),
        new("chunks, the last one empty", x => Chunk(x[0], 4) is [_, _, var c, var d] ? Concat([d, c]) : x[0], new Operand([5, 2])),
        new("interleave", x => Interleave([x[0], x[1], x[0] * 2, x[1] + x[0], x[1], x[0]], [2, 3]), new Operand([2, 3]),
            new Operand([2, 3])) { DTypes = Numbers },
        new("interleave along a symbol", x => Interleave([x[0], x[0] * x[0]], [2, 1]), new Operand([3, 4])) { RowSymbol = "rows" },
        Map("rectangle with ones above the diagonal", x => x * IdentityMatrix(3, 4, 1, x.DType)) with { DTypes = Numbers },
        Map("rectangle with ones outside", x => x * IdentityMatrix(3, 4, -7, x.DType)),
        Map("range", x => Range(Sum(x), Max(x), 5)), new("fill", x => Fill([3, 4], x[0]), new Operand([])) { DTypes = Numbers },
        Map("triu", x => Triu(x)) with { DTypes = Numbers }, Map("triu below", x => Triu(x, -2)), Map("triu outside", x => Triu(x, 9)),
        Map("tril", x => Tril(x)) with { DTypes = Numbers }, Map("tril above", x => Tril(x, 2)),
        new("tril of a batch", x => Tril(x[0], -1), new Operand([2, 3, 3])),
        Map("diagonal", x => Diagonal(x)) with { DTypes = Numbers }, Map("diagonal above", x => Diagonal(x, 2)),
        Map("diagonal below", x => Diagonal(x, -1)),
        Map("diagonal outside", x => Diagonal(x, -3)), Map("diagonal of the transpose", x => Diagonal(x, 1, 1, 0)),
        new("diagonal of a batch", x => Diagonal(x[0], 0, 0, 2), new Operand([3, 2, 4])),
        Map("trace", x => Trace(x)) with { DTypes = Numbers },
        Map("diagonal-embed", x => DiagonalEmbed(x)) with { DTypes = Numbers }, Map("diagonal-embed below", x => DiagonalEmbed(x, -2)),
        new("depth-to-space", x => DepthToSpace(x[0], 2), new Operand([2, 8, 2, 3])) { DTypes = Numbers },
        new("depth-to-space, channels first", x => DepthToSpace(x[0], 2, DepthOrder.ChannelFirst), new Operand([1, 8, 2, 3])),
        new("space-to-depth", x => SpaceToDepth(x[0], 2), new Operand([1, 2, 4, 6])) { DTypes = Numbers },
        Map("pad by reflection", x => Pad(x, [2, 1], [1, 3], PadMode.Reflect)) with { DTypes = Numbers },
        Map("pad by reflection, to and fro", x => Pad(x, [7, 0], [5, 8], PadMode.Reflect)),
        Map("pad with the edge", x => Pad(x, [2, 0], [1, 3], PadMode.Edge)) with { DTypes = Numbers },
        Map("pad by wrapping", x => Pad(x, [2, 9], [4, 1], PadMode.Wrap)) with { DTypes = Numbers },
        Map("pad by reflection here, crop there", x => Pad(x, [-1, 2], [1, -1], PadMode.Reflect)),
        new("pad one element by reflection", x => Pad(x[0], [2], [1], PadMode.Reflect), new Operand([1])),
        new("pad by reflection along a symbol", x => Pad(x[0], [2, 0], [1, 0], PadMode.Reflect),
            new Operand([4, 2])) { RowSymbol = "rows" },
        new("pad by wrapping along a symbol", x => Pad(x[0], [2, 0], [1, 0], PadMode.Wrap), new Operand([4, 2])) { RowSymbol = "rows" },
        new("pad with the edge along a symbol", x => Pad(x[0], [2, 0], [1, 0], PadMode.Edge), new Operand([4, 2])) { RowSymbol = "rows" },
        Map("crop and pad around the centre", x => CenterCropPad(x, [6, 1])) with { DTypes = Numbers },
        Map("crop around the centre of one axis", x => CenterCropPad(x, [3], [-1])),
        new("mesh grid", x => MeshGrid(x) is [var a, var b] ? a * 2 - b : x[0], new Operand([3]), new Operand([4])),
        new("mesh grid, first two swapped",
            x => MeshGrid(x, swapFirst: true) is [var a, var b, var c] ? a * b - c : x[0], new Operand([3]),
            new Operand([4]), new Operand([2])),
    ];
}
