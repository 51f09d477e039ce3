using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// Selections whose size depends on the data. A graph knows the shape of everything before it runs, so there is no
/// op for them; of values that are known when the graph is built they are computed here, as constants to build with.
/// </summary>
/// <remarks>
/// In place of a selection inside a graph, keep the mask: <see cref="Ops.Where"/>,
/// <see cref="Ops.CountNonZero"/>, or a sum over what it lets through.
/// </remarks>
/// <example><code>Node rows = Gather(x, Constant(mask.FlatNonZero()), 0);</code></example>
public static class Selection
{
    /// <summary>The coordinates of the elements that are not zero, in row-major order; NaN counts.</summary>
    /// <returns>int64, of shape <c>[rank, count]</c>.</returns>
    public static HostTensor NonZero(this HostTensor x)
    {
        var at = Positions(x).Select(i => Elements.Coordinates(i, x.Shape)).ToList();
        return HostTensor.From(Enumerable.Range(0, x.Rank).SelectMany(a => at.Select(p => p[a])).ToArray(),
            [x.Rank, at.Count]);
    }

    /// <summary>The flat positions of the elements that are not zero, ascending; NaN counts.</summary>
    /// <returns>An int64 vector.</returns>
    public static HostTensor FlatNonZero(this HostTensor x) =>
        HostTensor.From(Positions(x).Select(i => (long)i).ToArray());

    /// <summary>
    /// What differs along an axis, and where: values, first positions, the value of each original, and how often each
    /// occurs.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The axis whose slices are compared; by default single elements of the flat tensor
    /// are.</param>
    /// <param name="sorted">Whether values ascend (NaN last, each NaN on its own); else they come in the order of first
    /// sight.</param>
    public static UniqueValues Unique(this HostTensor x, int? axis = null, bool sorted = true)
    {
        var flat = axis is null ? HostTensor.From(x.Data, [x.Length]) : x;
        int along = axis is null ? 0 : axis.Value < 0 ? axis.Value + x.Rank : axis.Value;
        var groups = Groups(flat, along, sorted);
        var of = groups.SelectMany((g, k) => g.Select(i => (Position: i, Value: (long)k))).OrderBy(p =>
            p.Position).Select(p => p.Value);
        return new(Taken(flat, along, [.. groups.Select(g => g[0])]),
            HostTensor.From(groups.Select(g => (long)g[0]).ToArray()),
            HostTensor.From(of.ToArray()), HostTensor.From(groups.Select(g => (long)g.Count).ToArray()));
    }

    private static IEnumerable<int> Positions(HostTensor x)
    {
        var read = x.DType.Visit(new Elements.Doubles(x));
        return Enumerable.Range(0, x.Length).Where(i => read(i) != 0);
    }

    // Positions along the axis whose slices are equal, each ascending; stable sorting keeps the first sight first.
    private static List<List<int>> Groups(HostTensor x, int axis, bool sorted)
    {
        var slices = Enumerable.Range(0, (int)x.Shape[axis]).Select(i => Taken(x, axis, [i])).ToArray();
        var keys = Array.ConvertAll(slices, s => s.DType.Visit(new Keys(s)));
        var order = Comparer<IComparable[]>.Create((a, b) => a.Zip(b, (p, q) => p.CompareTo(q)).FirstOrDefault(c =>
            c != 0));
        var groups = new List<List<int>>();
        foreach (int i in Enumerable.Range(0, keys.Length).OrderBy(i => keys[i], order))
            if (groups.Count > 0 && order.Compare(keys[groups[^1][0]], keys[i]) == 0 && !keys[i].Any(IsNaN))
                groups[^1].Add(i);
            else
                groups.Add([i]);
        return [.. sorted ? groups.OrderBy(g => keys[g[0]].Any(IsNaN)) : groups.OrderBy(g => g[0])];
    }

    private static bool IsNaN(IComparable key) => key is double.NaN or float.NaN;

    private static HostTensor Taken(HostTensor x, int axis, int[] positions)
    {
        long[] shape = x.Shape.ToArray();
        shape[axis] = positions.Length;
        var y = HostTensor.Zeros(x.DType, shape);
        x.DType.Visit(new Elements.Copy(x, y, i =>
        {
            var at = Elements.Coordinates(i, shape);
            at[axis] = positions[at[axis]];
            return Elements.Position(at, x.Shape);
        }));
        return y;
    }

    private readonly struct Keys(HostTensor t) : IDTypeVisitor<IComparable[]>
    {
        public IComparable[] Visit<T>() where T : unmanaged => [.. t.ToArray<T>().Select(v => (IComparable)(object)v)];
    }
}

/// <summary>What <see cref="Selection.Unique"/> finds.</summary>
/// <param name="Values">The slices that differ.</param>
/// <param name="First">Per value, where it is first seen: int64.</param>
/// <param name="Inverse">Per original, which value it is: int64.</param>
/// <param name="Counts">Per value, how often it occurs: int64.</param>
public sealed record UniqueValues(HostTensor Values, HostTensor First, HostTensor Inverse, HostTensor Counts);

public static partial class Ops
{
    /// <summary>
    /// The slices along an axis that a mask, known now, lets through. Of a mask that is data the result's size would be
    /// unknown: use <see cref="Where"/>.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="mask">Per slice whether it stays; slices past its end do not.</param>
    /// <param name="axis">The axis; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public static Node Compress(Node x, ReadOnlySpan<bool> mask, int axis,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        axis = AxisOf("compress", x, axis, x.Rank, origin);
        var positions = HostTensor.From(mask.ToArray()).FlatNonZero();
        return positions.Length > 0 ? Gather(x, Constant(positions), axis) : FillOf(x.Shape.With(axis, 0), x.DType, 0);
    }
}
