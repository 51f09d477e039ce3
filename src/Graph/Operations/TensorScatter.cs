using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// A cache with new entries: per batch b, <c>y = x; y[b, .., starts[b] + s, ..] = update[b, .., s, ..]</c>, as
    /// ONNX's TensorScatter.
    /// </summary>
    /// <param name="x">The cache, of shape <c>[batch, .., entries, ..]</c>; itself unchanged.</param>
    /// <param name="update">New entries: a tensor of that shape but for <paramref name="axis"/>, which is no
    /// longer.</param>
    /// <param name="starts">A vector of int32 or int64: per batch where the first new entry goes, from 0 on; one
    /// outside is an error while running.</param>
    /// <param name="axis">The axis of the entries, not the first; a negative one counts from the end.</param>
    /// <param name="circular">Whether entries past the end go to the beginning; else they are an error while
    /// running.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis, or shapes do not fit.</exception>
    public static Node TensorScatter(Node x, Node update, Node starts, int axis = -2, bool circular = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        axis = AxisOf("tensor-scatter", x, axis, x.Rank, origin);
        if (axis == 0 || starts.Rank != 1 || !starts.DType.IsInteger || update.Rank != x.Rank
            || update.Shape.With(axis, x.Shape[axis]) != x.Shape)
            throw GraphException.For("tensor-scatter", [x, update, starts], origin,
                $"a cache {x.Shape}, entries {update.Shape} and starts {starts.Type} do not fit along axis {axis}",
                "give entries that differ on that axis only, which is not the first, and a vector of int32 or int64 with a start per batch");
        var entries = Extent(x.Shape[axis], starts.DType);
        var first = BroadcastTo(Reshape(CheckedIndex(starts, x.Shape[axis]),
            Shape.Of(x.Shape.Select((_, a) => a == 0 ? starts.Shape[0] : 1))), update.Shape);
        var position = first + Iota(update.Shape, axis, starts.DType);
        var inside = circular ? Where(position >= entries, position - entries, position) : position;
        return ScatterElements(x, inside, update, axis);
    }
}
