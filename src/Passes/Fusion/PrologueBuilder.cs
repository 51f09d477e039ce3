using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>What makes an operand of a product, most often the second, while its group grows.</summary>
/// <param name="map">The loops over the operand's elements.</param>
/// <param name="operand">The operand.</param>
internal sealed class PrologueBuilder(GroupBuilder map, Node operand)
{
    private readonly List<int> operandAxes = [.. Enumerable.Range(0, operand.Rank).Where(a => operand.Shape[a] != Dim.One)];
    private Node value = operand;
    private Access at = Access.Identity(operand.Shape);

    /// <summary>The loops over the operand's elements; values that feed the operand alone may join.</summary>
    public GroupBuilder Map => map;

    /// <summary>Whether loops run along the axes of what lies in memory, and only that can be read.</summary>
    public bool IsSplit { get; private set; }

    /// <summary>The memory that is read then.</summary>
    public Node Memory => value;

    /// <summary>Names of what is computed.</summary>
    public IEnumerable<string> Names => map.MemberNames;

    /// <summary>
    /// Looks through views to what lies in memory, through one reshape too whose axes are products of its operand's: then loops run along
    /// those. Null where they are split, and only memory can be read.
    /// </summary>
    public (Node Value, Access? At) Resolve()
    {
        Behind();
        if (value.Op is Reshape && Split() is var (inside, access))
        {
            (value, at, IsSplit) = (inside, access, true);
            Behind();
        }
        return (value, IsSplit ? null : at);
    }

    /// <summary>The prologue; null where the operand is a matrix in memory.</summary>
    public Prologue? Build() => map.MemberNames.Any() || IsSplit ? new(map.Build(), value, at, [.. operandAxes]) : null;

    private void Behind()
    {
        while (value.Op is View view && view.Map(value.Apply.Inputs[0].Type, value.Type) is { } through)
            (value, at) = (value.Apply.Inputs[0], at.Through(through, value.Apply.Inputs[0].Type));
    }

    // A reshape of memory shares it, so there is nothing to look for; one of a view of memory would be a copy.
    private (Node, Access)? Split()
    {
        var inside = value.Apply.Inputs[0];
        if (inside.Op is not View view || view.Map(inside.Apply.Inputs[0].Type, inside.Type) is null
            || Parts(inside.Shape, value.Shape) is not { } parts || !at.Covers(value.Shape, map.Domain))
            return null;
        var along = new AxisAccess[inside.Rank];
        Array.Fill(along, AxisAccess.Fixed);
        // From the last axis on, so that axes yet to be split keep their numbers until all are known.
        foreach (var (axis, first, count) in parts.Where(p => value.Shape[p.Axis] != Dim.One)
            .OrderByDescending(p => at.Axes[p.Axis].Steps[0].DomainAxis))
        {
            int domain = at.Axes[axis].Steps[0].DomainAxis;
            int[] kept = [.. Enumerable.Range(first, count).Where(a => inside.Shape[a] != Dim.One)];
            map.Split(domain, kept.Select(a => inside.Shape[a]));
            operandAxes.InsertRange(domain, Enumerable.Repeat(operandAxes[domain], kept.Length - 1));
            for (int a = 0; a < along.Length; a++)
                along[a] = Moved(along[a], domain, kept.Length - 1);
            for (int k = 0; k < kept.Length; k++)
                along[kept[k]] = AxisAccess.Along(domain + k);
        }
        return (inside, new(along));
    }

    private static AxisAccess Moved(AxisAccess axis, int after, int by) =>
        new([.. axis.Steps.Select(s => s.DomainAxis > after ? s with { DomainAxis = s.DomainAxis + by } : s)], axis.Start);

    /// <summary>Per axis of the result: which neighbouring axes of the operand it is the product of; null where it is not so.</summary>
    private static ImmutableArray<(int Axis, int First, int Count)>? Parts(Shape from, Shape to)
    {
        var parts = ImmutableArray.CreateBuilder<(int, int, int)>();
        int next = 0;
        for (int axis = 0; axis < to.Rank; axis++)
        {
            int first = next;
            var product = Dim.One;
            while (next < from.Rank && product != to[axis])
                product *= from[next++];
            if (product != to[axis])
                return null;
            parts.Add((axis, first, next - first));
        }
        return from.Skip(next).All(d => d == Dim.One) ? parts.ToImmutable() : null;
    }
}
