using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>A matrix: axes before <paramref name="axis"/> become the rows, the others the columns.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">0 to the rank; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A tensor of shape <c>[product of extents before axis, product of those from axis on]</c>.</returns>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public static Node Flatten(Node x, int axis = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        int at = axis == x.Rank ? axis : AxisOf("flatten", x, axis, x.Rank, Origin.At(file, line));
        return Reshape(x, [Shape.Of(x.Shape.Take(at)).ElementCount, Shape.Of(x.Shape.Skip(at)).ElementCount], file,
            line);
    }
}
