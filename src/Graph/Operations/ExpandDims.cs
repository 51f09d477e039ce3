using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>A new axis of extent 1 at position <paramref name="axis"/> of the result; a negative one counts from its end.</summary>
    /// <exception cref="GraphException">The result would have no such axis.</exception>
    public static Node ExpandDims(Node x, int axis, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        int at = AxisOf(new Reshape(x.Shape), x, axis, x.Rank + 1, Origin.At(file, line));
        return Reshape(x, [.. x.Shape.Take(at), 1, .. x.Shape.Skip(at)], file, line);
    }

    /// <summary>Without the given axes, whose extent is 1; by default without all whose extent is the number 1.</summary>
    /// <exception cref="GraphException">There is no such axis, or it has another extent than 1.</exception>
    public static Node Squeeze(Node x, Axes? axes = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        var gone = axes is null ? Enumerable.Range(0, x.Rank).Where(a => x.Shape[a] == Dim.One).ToHashSet()
            : axes.Select(a => AxisOf(new Reshape(x.Shape), x, a, x.Rank, origin)).ToHashSet();
        foreach (int axis in gone)
            if (x.Shape[axis].TryConstant(out long extent) && extent != 1)
                throw GraphException.For(new Reshape(x.Shape), [x], origin, $"axis {axis} has {extent} elements",
                    "squeeze axes of extent 1 only");
        return Reshape(x, Shape.Of(x.Shape.Where((_, a) => !gone.Contains(a))), file, line);
    }
}
