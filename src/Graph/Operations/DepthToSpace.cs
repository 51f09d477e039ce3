using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>How the channels of <see cref="Ops.DepthToSpace"/> split into a block and what is left.</summary>
public enum DepthOrder
{
    /// <summary>Row in the block, column in the block, channel.</summary>
    BlockFirst,

    /// <summary>Channel, row in the block, column in the block: a pixel shuffle.</summary>
    ChannelFirst,
}

public static partial class Ops
{
    /// <summary>Blocks of channels become squares of pixels: [n, c·b², h, w] becomes [n, c, h·b, w·b].</summary>
    /// <param name="x">A tensor of shape <c>[n, c, h, w]</c>; <paramref name="block"/> squared divides c.</param>
    /// <param name="block">Pixels along the side of a square.</param>
    /// <param name="order">How a channel's number is read: as ONNX's DCR, or its CRD.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There are not four axes, or the channels do not split.</exception>
    public static Node DepthToSpace(Node x, int block, DepthOrder order = DepthOrder.BlockFirst,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        DemandImages("depth-to-space", x, block);
        var (n, c, h, w) = (x.Shape[0], Dim.FloorDivide(x.Shape[1], block * block), x.Shape[2], x.Shape[3]);
        var split = order == DepthOrder.BlockFirst
            ? Transpose(Reshape(x, [n, block, block, c, h, w]), [0, 3, 4, 1, 5, 2])
            : Transpose(Reshape(x, [n, c, block, block, h, w]), [0, 1, 4, 2, 5, 3]);
        return Reshape(split, [n, c, h * block, w * block]);
    }

    /// <summary>
    /// Squares of pixels become blocks of channels, [n, c, h·b, w·b] becomes [n, b²·c, h, w]: the reverse of
    /// <see cref="DepthToSpace"/>.
    /// </summary>
    /// <param name="x">A tensor of shape <c>[n, c, h, w]</c>; <paramref name="block"/> divides h and w.</param>
    /// <param name="block">Pixels along the side of a square.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There are not four axes, or the pixels do not split.</exception>
    public static Node SpaceToDepth(Node x, int block,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        DemandImages("space-to-depth", x, block);
        var (n, c, h, w) = (x.Shape[0], x.Shape[1], Dim.FloorDivide(x.Shape[2], block),
            Dim.FloorDivide(x.Shape[3], block));
        var split = Transpose(Reshape(x, [n, c, h, block, w, block]), [0, 3, 5, 1, 2, 4]);
        return Reshape(split, [n, c * (block * block), h, w]);
    }

    private static void DemandImages(string name, Node x, int block)
    {
        if (x.Rank != 4 || block < 1)
            throw GraphException.For(name, [x], Origin.At("", 0),
                $"{x.Shape} has {x.Rank} axes, the block {block} pixels",
                "give [n, channels, rows, columns] and a block of at least 1");
    }
}
