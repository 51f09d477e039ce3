using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>What ops that address an axis by data share: shapes, and the error for a position outside.</summary>
internal static partial class Positions
{
    /// <summary>Demands that operand 0 has a nonempty axis and that operand 1 holds integers.</summary>
    public static void Demand(Inference x, int axis)
    {
        x.RequireDType(1, d => d.IsInteger, "int32 or int64");
        if (axis < 0 || axis >= x[0].Rank)
            throw x.Error($"there is no axis {axis} in {x[0].Rank} axes", "positions count along an axis of the first operand");
        x.RequireAtMost(1, x[0].Shape[axis], $"axis {axis} of x[0] is empty, so no position lies inside", "index a tensor that has elements");
    }

    /// <summary>The shape of data gathered along an axis: the axes of the indices take its place.</summary>
    public static Shape Gathered(Shape data, Shape indices, int axis) => [.. data.Take(axis), .. indices, .. data.Skip(axis + 1)];

    /// <summary>The position where it lies inside; else 0, so that loads stay inside, and an error.</summary>
    public static Value Checked(Body b, IPlace place, Value position, Dim extent, string error)
    {
        var inside = b.And(b.LessOrEqual(b.Zero(position), position), b.Less(b.Convert(position, DType.Int64), place.Extent(DType.Int64, extent)));
        return b.Check(b.Select(inside, position, b.Zero(position)), inside, place.Fails(error));
    }

    /// <summary>Checks a position in reference semantics.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies outside.</exception>
    public static long Checked(Op op, long position, long extent) => position >= 0 && position < extent ? position
        : throw new ArgumentOutOfRangeException(nameof(position), position, $"{op.Name}: index out of range, must be 0 to {extent - 1}.");

    /// <summary>For each flat position of a gathered tensor, the flat position in the data that it comes from.</summary>
    /// <exception cref="ArgumentOutOfRangeException">When called for an index that lies outside.</exception>
    public static Func<int, long> Sources(Op op, ReadOnlySpan<long> data, HostTensor indices, ReadOnlySpan<long> gathered, int axis)
    {
        var (from, shape, rank) = (data.ToArray(), gathered.ToArray(), indices.Rank);
        var index = indices.DType.Visit(new Elements.Longs(indices));
        return i =>
        {
            var at = Elements.Coordinates(i, shape);
            long position = Checked(op, index((int)Elements.Position(at.AsSpan(axis, rank), indices.Shape)), from[axis]);
            return Elements.Position([.. at[..axis], position, .. at[(axis + rank)..]], from);
        };
    }
}
