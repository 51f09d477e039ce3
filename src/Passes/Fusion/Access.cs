using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Where one axis of a tensor stands while a group's loops run: start + step * (coordinate of a domain axis).</summary>
/// <param name="DomainAxis">The domain axis that moves it, or -1 for none.</param>
/// <param name="Step">Positions per step of that axis; 0 for none.</param>
/// <param name="Start">Position at coordinate 0.</param>
public readonly record struct AxisAccess(int DomainAxis, long Step, Dim Start)
{
    /// <summary>An axis that stays at position 0: its extent is 1, or it is repeated.</summary>
    public static AxisAccess Fixed { get; } = new(-1, 0, Dim.Zero);

    /// <summary>An axis that follows a domain axis.</summary>
    public static AxisAccess Along(int domainAxis) => new(domainAxis, 1, Dim.Zero);
}

/// <summary>How the loops of a group address a tensor: an affine map from domain coordinates to the tensor's. Compared by value.</summary>
public sealed class Access : IEquatable<Access>
{
    private readonly ImmutableArray<AxisAccess> axes;

    /// <summary>Makes an access from its axes.</summary>
    public Access(IEnumerable<AxisAccess> axes) => this.axes = [.. axes];

    /// <summary>Per axis of the tensor.</summary>
    public ImmutableArray<AxisAccess> Axes => axes;

    /// <summary>The domain axes that matter, ascending.</summary>
    public IEnumerable<int> DomainAxes => axes.Select(a => a.DomainAxis).Where(d => d >= 0).Distinct().Order();

    /// <summary>The access of a tensor whose axes of extent other than 1 are the domain's axes in order, counted from <paramref name="first"/>.</summary>
    public static Access Identity(Shape shape, int first = 0) =>
        new(shape.Select(d => d == Dim.One ? AxisAccess.Fixed : AxisAccess.Along(first++)));

    /// <summary>The access of a view's operand, given this access of its result.</summary>
    public Access Through(IndexMap map, TensorType operand)
    {
        var result = map.Start.Select(s => new AxisAccess(-1, 0, s)).ToArray();
        for (int r = 0; r < axes.Length; r++)
            if (map.Axis[r] >= 0)
            {
                ref var p = ref result[map.Axis[r]];
                p = axes[r].DomainAxis < 0 ? p with { Start = p.Start + axes[r].Start * map.Step[r] }
                    : new(axes[r].DomainAxis, map.Step[r] * axes[r].Step, p.Start + axes[r].Start * map.Step[r]);
            }
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
        axes.Select((a, i) => shape[i] == Dim.One || (a.Step == 1 && a.Start == Dim.Zero && domain[a.DomainAxis] == shape[i])).All(ok => ok)
        && axes.Where(a => a.DomainAxis >= 0).Select(a => a.DomainAxis).Distinct().Count() == axes.Count(a => a.DomainAxis >= 0);

    /// <inheritdoc/>
    public bool Equals(Access? other) => other is not null && axes.AsSpan().SequenceEqual(other.axes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Access);

    /// <inheritdoc/>
    public override int GetHashCode() => axes.Aggregate(17, (h, a) => HashCode.Combine(h, a.DomainAxis, a.Step));

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", axes.Select(a => a.DomainAxis < 0 ? $"{a.Start}"
        : (a.Start == Dim.Zero ? "" : $"{a.Start} + ") + (a.Step == 1 ? "" : $"{a.Step}*") + $"d{a.DomainAxis}"))}]";
}
