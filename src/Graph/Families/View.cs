using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>How the index of a view's result addresses its operand: strides and offsets only, no copy.</summary>
/// <param name="Axis">Per result axis: the operand axis that it walks along, or -1 where it walks along none (broadcast).</param>
/// <param name="Step">Per result axis: operand positions per step; may be negative.</param>
/// <param name="Start">Per operand axis: the position of result index 0.</param>
public sealed record IndexMap(ImmutableArray<int> Axis, ImmutableArray<long> Step, ImmutableArray<Dim> Start)
{
    /// <summary>A map that starts at 0 and steps by 1.</summary>
    public static IndexMap Along(IEnumerable<int> axes, int operandRank)
    {
        ImmutableArray<int> axis = [.. axes];
        return new(axis, [.. axis.Select(_ => 1L)], [.. Enumerable.Repeat(Dim.Zero, operandRank)]);
    }

    /// <summary>The operand coordinates of a result coordinate.</summary>
    public long[] Apply(ReadOnlySpan<long> at, IReadOnlyDictionary<string, long> bindings)
    {
        var source = Start.Select(s => s.Evaluate(bindings)).ToArray();
        for (int a = 0; a < at.Length; a++)
            if (Axis[a] >= 0)
                source[Axis[a]] += Step[a] * at[a];
        return source;
    }
}

/// <summary>Result elements are operand elements, addressed by strides and an offset; nothing is computed or copied.</summary>
public abstract record View : Op
{
    /// <summary>
    /// How a result index addresses the operand; null where no
    /// strides can say it, only the dense order (a general reshape).
    /// </summary>
    public abstract IndexMap? Map(TensorType operand, TensorType result);

    /// <summary>The adjoint map: from the cotangent of the result to that of the operand.</summary>
    /// <param name="x">The operand.</param>
    /// <param name="ct">A tensor of the result's shape.</param>
    protected abstract Node Transposed(Node x, Node ct);

    /// <summary>Moves a predicate back to the operand's shape; null where it cannot be said cheaply, which drops the guard.</summary>
    protected virtual Node? TransposedAlive(Node x, Node alive) => Transposed(x, alive);

    /// <summary>The same view of another tensor of the operand's shape: tangents, predicates.</summary>
    protected Node Again(Node t) => Node.Of(this, t.Apply.Origin, t);

    /// <inheritdoc/>
    public override ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
    {
        var result = new Cotangent?[x.Length];
        if (needed[0] && ct[0] is { } seed)
            result[0] = new(Transposed(x[0], seed.Value), seed.Alive is { } alive ? TransposedAlive(x[0], alive) : null);
        return [.. result];
    }

    /// <inheritdoc/>
    public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
        [t[0] is { } tangent ? Again(tangent) : null];

    /// <summary>Each element on the one that it is.</summary>
    public sealed override void Depend(Dependence d)
    {
        Node x = d.Apply.Inputs[0], y = d.Apply.Results[0];
        var (map, from, to) = (Map(x.Type, y.Type), Dependence.Extents(x), Dependence.Extents(y));
        var none = new Dictionary<string, long>();
        for (int e = Dependence.Count(y) - 1; e >= 0; e--)
            d.Set(0, e, d.Of(0, map is null ? e : (int)Elements.Position(map.Apply(Elements.Coordinates(e, to), none), from)));
    }

    /// <inheritdoc/>
    public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
    {
        var (x, y) = (e.Inputs[0], e.Allocate());
        var operand = new TensorType(x.DType, Shape.Of(x.Shape.ToArray().Select(Dim.Of)));
        var result = new TensorType(x.DType, Shape.Of(y.Shape.ToArray().Select(Dim.Of)));
        var map = Map(operand, result);
        Func<int, long> from = map is null ? i => i
            : i => Elements.Position(map.Apply(Elements.Coordinates(i, y.Shape), e.Bindings), x.Shape);
        x.DType.Visit(new Elements.Copy(x, y, from));
        return [y];
    }
}
