using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// Combines the elements along some axes. An op states what it accumulates; the family supplies the shape rule, and
/// code generation a fixed number of virtual lanes whatever the hardware, so bits depend on extents only.
/// </summary>
/// <param name="Axes">The axes that disappear, ascending.</param>
/// <param name="KeepDims">Whether they stay with extent 1.</param>
public abstract record Reduction(Axes Axes, bool KeepDims) : Op
{
    /// <inheritdoc/>
    public override string Label => $"{Name} {Axes}{(KeepDims ? " keepdims" : "")}";

    /// <summary>
    /// The accumulators before any element, for elements of type
    /// <paramref name="type"/>: one value or several (a maximum and its index).
    /// </summary>
    public abstract ImmutableArray<Value> Identity(Body b, DType type);

    /// <summary>The accumulators after one more element.</summary>
    /// <param name="b">Where to emit.</param>
    /// <param name="acc">Accumulators so far.</param>
    /// <param name="x">The element.</param>
    /// <param name="index">Its position along the reduced axes (row-major), asked for only when used.</param>
    public abstract ImmutableArray<Value> Step(Body b, ImmutableArray<Value> acc, Value x, Func<DType, Value> index);

    /// <summary>
    /// The accumulators of the union of two sets of elements; the elements
    /// of <paramref name="first"/> may come later in index order.
    /// </summary>
    public abstract ImmutableArray<Value> Merge(Body b, ImmutableArray<Value> first, ImmutableArray<Value> second);

    /// <summary>Whether the reduction of one element is that element, so that reducing over no axes changes nothing.</summary>
    public virtual bool Merges => true;

    /// <summary>The result from the accumulators; by default the first one.</summary>
    public virtual Value Finish(Body b, ImmutableArray<Value> acc, DType result) => b.Convert(acc[0], result);

    /// <summary>The result over the elements of one group, in index order.</summary>
    protected abstract double Reference(IReadOnlyList<double> x);

    /// <summary>The result over integer or bool elements, exact.</summary>
    protected virtual long Reference(IReadOnlyList<long> x) => throw new NotSupportedException($"{Name} takes floats only.");

    /// <summary>
    /// The result over no integers of type <paramref name="type"/>,
    /// whose range the exact 64-bit reference does not know.
    /// </summary>
    protected virtual long ReferenceOfNothing(DType type) => Reference(Array.Empty<long>());

    /// <summary>The element type of the result; by default the operand's.</summary>
    protected virtual DType ResultType(Inference x) => x[0].DType;

    /// <inheritdoc/>
    public override ImmutableArray<TensorType> Infer(Inference x)
    {
        x.Arity(1);
        foreach (int axis in Axes)
            if (axis < 0 || axis >= x[0].Rank)
                throw x.Error($"there is no axis {axis} in {x[0].Rank} axes", $"use 0 to {x[0].Rank - 1}");
        return [new(ResultType(x), x[0].Shape.Reduce(Axes, KeepDims))];
    }

    /// <inheritdoc/>
    public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { Axes = [.. Axes.Select(a => a + 1)] });

    /// <summary>A tensor of the result's shape spread back over the reduced axes to the shape of <paramref name="x"/>.</summary>
    protected Node Spread(Node reduced, Node x) =>
        Ops.BroadcastTo(KeepDims ? reduced : Ops.Reshape(reduced, x.Shape.Reduce(Axes, keepDims: true)), x.Shape);

    /// <summary>The same reduction of another tensor.</summary>
    protected Node Again(Node t) => Node.Of(this, t.Apply.Origin, t);

    /// <summary>Each element on all that it is made of.</summary>
    public override void Depend(Dependence d)
    {
        var groups = Groups(Dependence.Extents(d.Apply.Inputs[0]), Dependence.Count(d.Apply.Results[0]));
        for (int g = 0; g < groups.Length; g++)
            d.Set(0, g, d.Union(groups[g].Select(i => d.Of(0, i))));
    }

    // Per element of the result, the flat positions that are combined.
    private List<int>[] Groups(long[] shape, int count)
    {
        var groups = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        var kept = shape.Select((n, a) => Axes.Contains(a) ? 1 : n).ToArray();
        long elements = shape.Aggregate(1L, (n, d) => n * d);
        for (int i = 0; i < elements; i++)
        {
            var at = Elements.Coordinates(i, shape);
            foreach (int axis in Axes)
                at[axis] = 0;
            groups[Elements.Position(at, kept)].Add(i);
        }
        return groups;
    }

    /// <inheritdoc/>
    public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
    {
        var (x, y) = (e.Inputs[0], e.Allocate());
        var groups = Groups(x.Shape.ToArray(), y.Length);
        if (x.DType.IsFloat)
            Fold(groups, x.DType.Visit(new Elements.Doubles(x)), y.DType.Visit(new Elements.FromDoubles(y)), Reference);
        else
            Fold(groups, x.DType.Visit(new Elements.Longs(x)), y.DType.Visit(new Elements.FromLongs(y)),
                g => g.Count == 0 ? ReferenceOfNothing(x.DType) : Reference(g));
        return [y];
    }

    private static void Fold<T>(List<int>[] groups, Func<int, T> read, Action<int, T> write, Func<IReadOnlyList<T>, T> reference)
    {
        for (int g = 0; g < groups.Length; g++)
            write(g, reference(groups[g].ConvertAll(i => read(i))));
    }
}
