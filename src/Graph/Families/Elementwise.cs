using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// One result element from the elements at the same place of operands of equal shape. An op states partials, lowering
/// and reference; both derivative modes, guarded cotangents and fusion follow.
/// </summary>
public abstract record Elementwise : Op
{
    /// <summary>Number of operands.</summary>
    public abstract int Arity { get; }

    /// <summary>Vector instructions that it lowers to, roughly: what budgets and "never duplicate" go by. 1 is cheap.</summary>
    public virtual int Cost => 1;

    /// <summary>
    /// Partial derivatives dy/dx[i] as nodes of the operands' shape; null where structurally zero. A partial that is not
    /// wanted is dropped with the nodes that only it uses.
    /// </summary>
    /// <param name="x">Operands.</param>
    /// <param name="y">The result: saving it is often cheaper than recomputing.</param>
    public virtual ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [.. x.Select(_ => (Node?)null)];

    /// <summary>The result from the operands, as kernel IR: one body for every dtype and every lane count.</summary>
    public abstract Value Lower(Body b, ReadOnlySpan<Value> x);

    /// <summary>The result for float operands, in double whatever the dtype; a truth value is 0 or 1.</summary>
    public abstract double Reference(ReadOnlySpan<double> x);

    /// <summary>The result for integer and bool operands, exact; overflow wraps.</summary>
    /// <exception cref="NotSupportedException">The op is for floats only.</exception>
    public virtual long Reference(ReadOnlySpan<long> x) => throw new NotSupportedException($"{Name} takes floats only.");

    /// <summary>The same for an op whose result depends on how wide its integers are.</summary>
    /// <param name="x">Operands.</param>
    /// <param name="type">Their element type.</param>
    public virtual long Reference(ReadOnlySpan<long> x, DType type) => Reference(x);

    /// <inheritdoc/>
    public sealed override ImmutableArray<TensorType> Infer(Inference x)
    {
        x.Arity(Arity);
        for (int i = 1; i < Arity; i++)
            x.RequireSameShape(0, i);
        return [new(ResultType(x), x[0].Shape)];
    }

    /// <summary>
    /// Checks operand dtypes and gives the result's. By default
    /// all operands are of one float type, and so is the result.
    /// </summary>
    protected virtual DType ResultType(Inference x)
    {
        x.RequireDType(0, d => d.IsFloat, "float32 or float64");
        return SameDType(x);
    }

    /// <summary>Demands that all operands have one dtype, and gives it.</summary>
    protected static DType SameDType(Inference x)
    {
        for (int i = 1; i < x.Count; i++)
            x.RequireSameDType(0, i);
        return x[0].DType;
    }

    /// <inheritdoc/>
    public override ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
    {
        if (ct[0] is not { } seed || Differentiability != Differentiability.Smooth)
            return [.. x.Select(_ => (Cotangent?)null)];
        var partials = Partials(x, y[0]);
        return [.. x.Select((_, i) => needed[i] && partials[i] is { } p ? Scale(seed, p) : null)];
    }

    /// <inheritdoc/>
    public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
    {
        if (Differentiability != Differentiability.Smooth)
            return [null];
        var partials = Partials(x, y[0]);
        Node? sum = null;
        for (int i = 0; i < x.Length; i++)
            if (t[i] is { } tangent && partials[i] is { } p)
                sum = sum is null ? Times(tangent, p) : sum + Times(tangent, p);
        return [sum];
    }

    /// <summary>ct * partial where the cotangent is alive, zero elsewhere: a dead cotangent never meets an infinite partial.</summary>
    protected static Cotangent Scale(Cotangent ct, Node partial)
    {
        var value = Times(ct.Value, partial);
        return IsSplat(partial) ? ct with { Value = value } : ct.Guarded(value);
    }

    private static Node Times(Node value, Node partial) => SplatOf(partial) switch
    {
        1 => value,
        -1 => -value,
        _ => value * partial,
    };

    private static bool IsSplat(Node n) => SplatOf(n) is { } s && double.IsFinite(s);

    private static double? SplatOf(Node n) => n switch
    {
        (Constant { Splat: { } s }, _) => s,
        (Broadcast, [(Constant { Splat: { } s }, _)]) => s,
        _ => null,
    };

    /// <summary>Each element on those at the same place.</summary>
    public sealed override void Depend(Dependence d)
    {
        int[] active = [.. d.Active];
        for (int e = Dependence.Count(d.Apply.Results[0]) - 1; e >= 0; e--)
            d.Set(0, e, active.Length == 1 ? d.Of(active[0], e) : d.Union(active.Select(i => d.Of(i, e))));
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<Node> Batch(Batching x) => x.Apply(this);

    /// <inheritdoc/>
    public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
    {
        var y = e.Allocate();
        e.Inputs[0].DType.Visit(new Loop(this, e.Inputs, y));
        return [y];
    }

    // Operand dtypes may differ (select, convert), so elements pass through double or long, whichever is exact.
    private readonly struct Loop(Elementwise op, ImmutableArray<HostTensor> x, HostTensor y) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            if (x.Any(t => t.DType.IsFloat))
                Doubles();
            else
                Longs();
            return true;
        }

        private void Doubles()
        {
            var readers = x.Select(t => t.DType.Visit(new Elements.Doubles(t))).ToArray();
            var write = y.DType.Visit(new Elements.FromDoubles(y));
            var operands = new double[x.Length];
            for (int i = 0; i < y.Length; i++)
            {
                for (int k = 0; k < operands.Length; k++)
                    operands[k] = readers[k](i);
                write(i, op.Reference(operands));
            }
        }

        private void Longs()
        {
            var readers = x.Select(t => t.DType.Visit(new Elements.Longs(t))).ToArray();
            var write = y.DType.Visit(new Elements.FromLongs(y));
            var operands = new long[x.Length];
            for (int i = 0; i < y.Length; i++)
            {
                for (int k = 0; k < operands.Length; k++)
                    operands[k] = readers[k](i);
                write(i, op.Reference(operands, x[0].DType));
            }
        }
    }
}
