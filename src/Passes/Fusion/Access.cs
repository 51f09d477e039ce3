using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>How far a step along a domain axis moves along an axis of a tensor.</summary>
/// <param name="DomainAxis">The domain axis.</param>
/// <param name="Step">Positions per step, not 0.</param>
public readonly record struct AxisStep(int DomainAxis, long Step);

/// <summary>
/// Where one axis of a tensor stands while a group's loops run: a start, and positions per step of the domain axes that
/// move it. Mostly one moves it; along a window two do. Compared by value.
/// </summary>
/// <param name="Steps">Per domain axis that moves it, ascending; empty for none.</param>
/// <param name="Start">Position where all coordinates are 0.</param>
public readonly record struct AxisAccess(ImmutableArray<AxisStep> Steps, Dim Start)
{
    /// <summary>An axis that stays at position 0: its extent is 1, or it is repeated.</summary>
    public static AxisAccess Fixed { get; } = new([], Dim.Zero);

    /// <summary>An axis that follows a domain axis.</summary>
    public static AxisAccess Along(int domainAxis) => new([new(domainAxis, 1)], Dim.Zero);

    /// <summary>Whether it follows one domain axis position by position, from the first on.</summary>
    public bool IsPlain => Steps is [{ Step: 1 }] && Start == Dim.Zero;

    /// <summary>This axis walked in steps of <paramref name="step"/>, added to where <paramref name="other"/> stands.</summary>
    public AxisAccess AddedTo(AxisAccess other, long step)
    {
        var sums = new SortedDictionary<int, long>(other.Steps.ToDictionary(s => s.DomainAxis, s => s.Step));
        foreach (var (axis, by) in Steps)
            sums[axis] = sums.GetValueOrDefault(axis) + by * step;
        return new([.. sums.Where(s => s.Value != 0).Select(s => new AxisStep(s.Key, s.Value))], other.Start + Start * step);
    }

    /// <inheritdoc/>
    public bool Equals(AxisAccess other) => Start == other.Start && Steps.AsSpan().SequenceEqual(other.Steps.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Steps.Aggregate(17, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString()
    {
        var terms = Steps.Select(s => s.Step == 1 ? $"d{s.DomainAxis}" : $"{s.Step}*d{s.DomainAxis}");
        return string.Join(" + ", Start == Dim.Zero && Steps.Length > 0 ? terms : terms.Prepend($"{Start}"));
    }
}

/// <summary>How the loops of a group address a tensor: an affine map from domain coordinates to the tensor's. Compared by value.</summary>
public sealed class Access : IEquatable<Access>
{
    private readonly ImmutableArray<AxisAccess> axes;
    private readonly int hash;

    /// <summary>Makes an access from its axes.</summary>
    public Access(IEnumerable<AxisAccess> axes)
    {
        this.axes = [.. axes];
        DomainAxes = Used(this.axes.AsSpan());
        hash = this.axes.Aggregate(17, HashCode.Combine);
    }

    /// <summary>Per axis of the tensor.</summary>
    public ImmutableArray<AxisAccess> Axes => axes;

    /// <summary>The domain axes that matter, ascending.</summary>
    public ImmutableArray<int> DomainAxes { get; }

    private static ImmutableArray<int> Used(ReadOnlySpan<AxisAccess> axes)
    {
        var used = new List<int>(axes.Length);
        foreach (var axis in axes)
            foreach (var step in axis.Steps)
                if (used.BinarySearch(step.DomainAxis) is < 0 and var place)
                    used.Insert(~place, step.DomainAxis);
        return [.. used];
    }

    /// <summary>
    /// The access of a tensor whose axes of extent other than 1 are the
    /// domain's axes in order, counted from <paramref name="first"/>.
    /// </summary>
    public static Access Identity(Shape shape, int first = 0) =>
        new(shape.Select(d => d == Dim.One ? AxisAccess.Fixed : AxisAccess.Along(first++)));

    /// <summary>The access of a view's operand, given this access of its result.</summary>
    public Access Through(IndexMap map, TensorType operand)
    {
        var result = map.Start.Select(start => new AxisAccess([], start)).ToArray();
        for (int r = 0; r < axes.Length; r++)
            if (map.Axis[r] is >= 0 and var moved)
                result[moved] = axes[r].AddedTo(result[moved], map.Step[r]);
        for (int p = 0; p < result.Length; p++)
            if (operand.Shape[p] == Dim.One)
                result[p] = AxisAccess.Fixed;
        return new(result);
    }

    /// <summary>The access of a reduction's operand, given this access of its result and the domain axes that it reduces over.</summary>
    public Access Into(Reduction op, Node operand, IReadOnlyList<int> innerAxes)
    {
        var result = new AxisAccess[operand.Rank];
        int inner = 0, kept = 0;
        for (int a = 0; a < result.Length; a++)
            if (op.Axes.Contains(a))
            {
                result[a] = operand.Shape[a] == Dim.One ? AxisAccess.Fixed : AxisAccess.Along(innerAxes[inner++]);
                kept += op.KeepDims ? 1 : 0;
            }
            else
            {
                result[a] = axes[kept++];
            }
        return new(result);
    }

    /// <summary>Whether every element of a tensor of this shape is met exactly once: the group can store the whole tensor.</summary>
    public bool Covers(Shape shape, IReadOnlyList<Dim> domain) =>
        axes.Select((a, i) => shape[i] == Dim.One || (a.IsPlain && domain[a.Steps[0].DomainAxis] == shape[i])).All(ok => ok)
        && axes.Sum(a => a.Steps.Length) == DomainAxes.Length;

    /// <inheritdoc/>
    public bool Equals(Access? other) => other is not null && axes.AsSpan().SequenceEqual(other.axes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Access);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", axes)}]";
}
