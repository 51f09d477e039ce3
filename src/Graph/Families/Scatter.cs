using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// What an update does to the element that it meets. Several that meet one element do so in index order.
/// </summary>
public enum ScatterMode
{
    /// <summary>Replaces it: of several the last one stays.</summary>
    Set,

    /// <summary>Is added.</summary>
    Add,

    /// <summary>Is multiplied in.</summary>
    Multiply,

    /// <summary>The larger of both stays; NaN wins.</summary>
    Max,

    /// <summary>The smaller of both stays; NaN wins.</summary>
    Min,
}

/// <summary>
/// How the loops of a scatter run: <c>y[o, p(o, i, c), c] op= u[o, i, c]</c> for all o
/// and c at once, i in order. A position p is one index, or a tuple of them, row-major.
/// </summary>
/// <param name="Outer">How many o.</param>
/// <param name="Extents">Per index of a tuple: positions are from 0 to this, exclusive.</param>
/// <param name="Count">How many i.</param>
/// <param name="Inner">How many c.</param>
/// <param name="OwnIndices">Whether each o has indices of its own.</param>
/// <param name="IndexPerElement">Whether each c has indices of its own; else whole rows go to one place.</param>
public sealed record ScatterLayout(Dim Outer, ImmutableArray<Dim> Extents, Dim Count, Dim Inner, bool OwnIndices,
    bool IndexPerElement);

/// <summary>
/// Updates (operand 2) that meet elements of a tensor (operand 0) at positions that are data (operand 1, int32
/// or int64). A sequential loop per target element, in index order, so that bits do not depend on threads. An
/// op states which elements are met; the family supplies reference semantics and the derivatives of every mode.
/// </summary>
/// <param name="Mode">What an update does to the element that it meets.</param>
public abstract record Scatter(ScatterMode Mode) : Op
{
    /// <inheritdoc/>
    public override string Label => $"{Name} {Mode.ToString().ToLowerInvariant()}";

    /// <summary>Which loops run over these operands.</summary>
    public abstract ScatterLayout Layout(TensorType x, TensorType indices);

    /// <summary>
    /// The elements that the updates meet, in the shape of the updates: the gather whose adjoint adds.
    /// </summary>
    protected abstract Node Read(Node from, Node indices);

    /// <summary>For each flat position of the updates, the flat position of the element that it meets.</summary>
    protected abstract Func<int, long> Targets(HostTensor x, HostTensor indices, HostTensor updates);

    /// <summary>Demands operands that go together, with updates of the given shape.</summary>
    protected ImmutableArray<TensorType> Infer(Inference x, Shape updates)
    {
        x.RequireDType(0, d => d != DType.Bool || Mode == ScatterMode.Set, "a number; truth values can be set only");
        x.RequireSameDType(0, 2);
        if (x[2].Rank != updates.Rank)
            throw x.Error($"updates have {x[2].Rank} axes, {updates} has {updates.Rank}",
                "give updates of the shape that a gather has");
        for (int a = 0; a < updates.Rank; a++)
            x.Require(x[2].Shape[a], updates[a], $"updates have {x[2].Shape[a]} on axis {a}, {updates} has {updates[a]}",
                "give updates of the shape that a gather has");
        return [x[0]];
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
    {
        if (ct[0] is not { } seed)
            return [null, null, null];
        var rule = Rule(x, y[0]);
        return [needed[0] ? rule.OfTensor(seed) : null, null, needed[2]
            ? rule.OfUpdates(seed with { Value = Read(seed.Value, x[1]), Alive = seed.Alive is { } a ? Read(a, x[1])
                : null }) : null];
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y,
        ImmutableArray<Node?> t) =>
        [t[0] is null && t[2] is null ? null : Rule(x, y[0]).Tangent(t[0] ?? Ops.ZerosLike(x[0]),
            t[2] ?? Ops.ZerosLike(x[2]))];

    /// <summary>Each element on itself and on the updates that meet it, where positions are known; else on all.</summary>
    public sealed override void Depend(Dependence d)
    {
        if (d.ValueOf(1) is not { } positions || Targets(d.Apply, positions) is not { } targets)
        {
            base.Depend(d);
            return;
        }
        var met = targets.Index().ToLookup(t => t.Item, t => d.Of(2, t.Index));
        for (int e = 0; e < Dependence.Extents(d.Apply.Inputs[0]).Aggregate(1L, (n, k) => n * k); e++)
            d.Set(0, e, d.Union(met[e].Prepend(d.Of(0, e))));
    }

    /// <summary>
    /// Where the updates go if positions are known: the flat position of the element that each meets, in their order.
    /// Shapes are static. Null if a position lies outside.
    /// </summary>
    public long[]? Targets(Apply apply, HostTensor positions)
    {
        HostTensor Zeros(int input) => HostTensor.Zeros(apply.Inputs[input].DType, Dependence.Extents(apply.Inputs[input]));
        var u = Zeros(2);
        try
        {
            return [.. Enumerable.Range(0, u.Length).Select(Targets(Zeros(0), positions, u))];
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The instruction that makes of an element and an update what the element becomes; null if it becomes the update.</summary>
    public static Opcode? Instruction(ScatterMode mode) => mode switch
    {
        ScatterMode.Add => Opcode.Add,
        ScatterMode.Multiply => Opcode.Multiply,
        ScatterMode.Max => Opcode.Max,
        ScatterMode.Min => Opcode.Min,
        _ => null,
    };

    private ScatterRule Rule(ImmutableArray<Node> x, Node y)
    {
        Node Write(Node to, Node updates, ScatterMode mode) =>
            Node.Of(this with { Mode = mode }, y.Apply.Origin, to, x[1], updates);
        return ScatterRule.Of(Mode, new(x[0], x[2], y, from => Read(from, x[1]), Write));
    }

    /// <inheritdoc/>
    public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
    {
        var (x, u, y) = (e.Inputs[0], e.Inputs[2], e.Allocate());
        var to = Targets(x, e.Inputs[1], u);
        if (x.DType.IsFloat)
            Meet(x.DType.Visit(new Elements.Doubles(x)), x.DType.Visit(new Elements.Doubles(u)),
                x.DType.Visit(new Elements.FromDoubles(y)), Combine);
        else
            Meet(x.DType.Visit(new Elements.Longs(x)), x.DType.Visit(new Elements.Longs(u)),
                x.DType.Visit(new Elements.FromLongs(y)), Combine);
        return [y];

        void Meet<T>(Func<int, T> from, Func<int, T> update, Action<int, T> write, Func<T, T, T> combine)
        {
            var elements = Enumerable.Range(0, y.Length).Select(from).ToArray();
            for (int i = 0; i < u.Length; i++)
                elements[to(i)] = combine(elements[to(i)], update(i));
            for (int i = 0; i < elements.Length; i++)
                write(i, elements[i]);
        }
    }

    private T Combine<T>(T element, T update) where T : System.Numerics.INumber<T> => Mode switch
    {
        ScatterMode.Add => unchecked(element + update),
        ScatterMode.Multiply => unchecked(element * update),
        ScatterMode.Max => T.Max(element, update),
        ScatterMode.Min => T.Min(element, update),
        _ => update,
    };
}
