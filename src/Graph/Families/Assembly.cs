using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>Where an operand lands in an assembled result: element i of the operand at start + step * i, on every axis.</summary>
/// <param name="Input">Which operand.</param>
/// <param name="Start">Per axis.</param>
/// <param name="Step">Per axis, positive.</param>
public sealed record Placement(int Input, ImmutableArray<Dim> Start, ImmutableArray<long> Step);

/// <summary>
/// A result put together from operands written to separate places:
/// concat, stack, pad. Producers may write there directly.
/// </summary>
public abstract record Assembly : Op
{
    /// <summary>Where the operands land; places do not overlap.</summary>
    public abstract ImmutableArray<Placement> Place(ImmutableArray<TensorType> operands, TensorType result);

    /// <summary>Which operand (a scalar) fills what no placement covers, or -1 where placements cover everything.</summary>
    public virtual int Fill => -1;

    /// <summary>Each element on the one that lands there, or on the filling.</summary>
    public sealed override void Depend(Dependence d)
    {
        var y = d.Apply.Results[0];
        if (Fill >= 0)
            d.SetAll(d.OfAll(Fill));
        var (to, none) = (Dependence.Extents(y), new Dictionary<string, long>());
        foreach (var place in Place([.. d.Apply.Inputs.Select(i => i.Type)], y.Type).Where(p => Fill >= 0 || d.IsActive(p.Input)))
        {
            var (start, x) = (place.Start.Select(s => s.Evaluate(none)).ToArray(), d.Apply.Inputs[place.Input]);
            for (int i = Dependence.Count(x) - 1; i >= 0; i--)
                d.Set(0, (int)Elements.Position([.. Elements.Coordinates(i, Dependence.Extents(x))
                    .Select((c, a) => start[a] + place.Step[a] * c)], to), d.Of(place.Input, i));
        }
    }

    /// <summary>An operand's cotangent is what lies in its place; the filling has one of its own.</summary>
    public sealed override ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
    {
        var result = new Cotangent?[x.Length];
        if (ct[0] is not { } seed)
            return [.. result];
        foreach (var place in Place([.. x.Select(operand => operand.Type)], y[0].Type).Where(p => needed[p.Input]))
        {
            Node In(Node whole) => Ops.Slice(whole, Shape.Of(place.Start), x[place.Input].Shape, [.. place.Step.Select(step => (int)step)]);
            result[place.Input] = new(In(seed.Value), seed.Alive is { } alive ? In(alive) : null);
        }
        if (Fill >= 0 && needed[Fill])
            result[Fill] = OfFilling(seed, x);
        return [.. result];
    }

    /// <summary>The cotangent of the filling: the sum over what no operand covers.</summary>
    protected virtual Cotangent? OfFilling(Cotangent ct, ImmutableArray<Node> x) => null;

    /// <summary>Linear in all operands.</summary>
    public sealed override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
        [t.All(tangent => tangent is null) ? null
            : Node.Of(this, y[0].Apply.Origin, [.. t.Select((tangent, i) => tangent ?? Ops.ZerosLike(x[i]))])];

    /// <inheritdoc/>
    public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
    {
        var y = e.Allocate();
        if (Fill >= 0)
            y.DType.Visit(new Elements.Copy(e.Inputs[Fill], y, _ => 0));
        ImmutableArray<TensorType> types =
            [.. e.Inputs.Select(t => new TensorType(t.DType, Shape.Of(t.Shape.ToArray().Select(Dim.Of))))];
        foreach (var place in Place(types, e.Results[0]))
        {
            var x = e.Inputs[place.Input];
            var start = place.Start.Select(s => s.Evaluate(e.Bindings)).ToArray();
            x.DType.Visit(new Elements.Place(x, y, i => Elements.Position(
                [.. Elements.Coordinates(i, x.Shape).Select((c, a) => start[a] + place.Step[a] * c)], y.Shape)));
        }
        return [y];
    }
}
