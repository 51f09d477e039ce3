using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>The slices along an axis, without that axis: views, the reverse of <see cref="Stack"/>.</summary>
    /// <exception cref="GraphException">There is no such axis, or its extent is a symbol.</exception>
    public static Node[] Unstack(Node x, int axis = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        axis = AxisOf("unstack", x, axis, x.Rank, origin);
        long n = Known("unstack", x, axis, origin);
        return [.. Enumerable.Range(0, (int)n).Select(i => Squeeze(Run(x, axis, i, 1), [axis]))];
    }

    /// <summary>
    /// Consecutive pieces of <c>ceil(n / parts)</c> elements along an axis: the last ones are shorter, or empty, where
    /// that does not come out even.
    /// </summary>
    /// <exception cref="GraphException">There is no such axis, no part is wanted, or the extent is a
    /// symbol.</exception>
    public static Node[] Chunk(Node x, int parts, int axis = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        axis = AxisOf("chunk", x, axis, x.Rank, origin);
        if (parts < 1)
            throw GraphException.For("chunk", [x], origin, $"{parts} parts are wanted", "ask for at least 1");
        long n = Known("chunk", x, axis, origin), size = (n + parts - 1) / parts;
        return Split(x, Shape.Of(Enumerable.Range(0, parts).Select(p => Dim.Of(Math.Clamp(n - p * size, 0, size)))),
            axis);
    }

    /// <summary>The extent of an axis that must be a number.</summary>
    private static long Known(string name, Node x, int axis, Origin origin) => x.Shape[axis].TryConstant(out long n) ? n
        : throw GraphException.For(name, [x], origin, $"axis {axis} has {x.Shape[axis]} elements, which is known only when a call binds it",
            "give that axis a number when the input is declared");
}
