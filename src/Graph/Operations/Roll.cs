using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Elements moved along an axis, those pushed over the end coming in at the beginning:
    /// <c>y[(i + shift) mod n] = x[i]</c>.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="shift">Positions to move; negative moves toward the beginning, and more than the extent goes round
    /// again.</param>
    /// <param name="axis">The axis; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public static Node Roll(Node x, Dim shift, int axis,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        axis = AxisOf("roll", x, axis, x.Rank, origin);
        var n = x.Shape[axis];
        var moved = n == Dim.Zero ? Dim.Zero : shift - n * Dim.FloorDivide(shift, n);
        return moved == Dim.Zero ? x : Concat([Run(x, axis, n - moved, moved), Run(x, axis, 0, n - moved)], axis);
    }

    /// <summary>So many elements along one axis from a start on, backward where the step is -1.</summary>
    private static Node Run(Node x, int axis, Dim start, Dim length, int step = 1) =>
        Slice(x, Shape.Of(x.Shape.Select((_, a) => a == axis ? start : 0)), x.Shape.With(axis, length),
            [.. x.Shape.Select((_, a) => a == axis ? step : 1)]);
}
