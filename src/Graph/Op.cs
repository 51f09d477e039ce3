using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Adjoint;

/// <summary>How derivatives treat an op.</summary>
public enum Differentiability
{
    /// <summary>It has rules for both modes.</summary>
    Smooth,

    /// <summary>Its slope is zero wherever it exists (floor, sign): no cotangent flows, by convention also not at the jumps.</summary>
    ZeroSlope,

    /// <summary>Results are integers or truth values, or nothing real enters: no derivative exists.</summary>
    Discrete,

    /// <summary>A request that the differentiate pass replaces before anyone asks for its derivative.</summary>
    Request,
}

/// <summary>
/// An operation: a record whose members are its attributes, compared by value. It states once, in one place, its shape
/// rule, its reference semantics, its derivatives and (through its family) its lowering to kernel IR.
/// </summary>
/// <remarks>Immutable and thread-safe. Attributes are value types with structural equality; a test reflects over all ops.</remarks>
public abstract partial record Op
{
    private static readonly ConditionalWeakTable<Type, string> Names = [];

    /// <summary>The name in messages, DOT and reports: the type's name in lower case with dashes.</summary>
    public virtual string Name => Names.GetValue(GetType(), type => Dashes().Replace(type.Name, "-$1").ToLowerInvariant());

    /// <summary>Name with the attributes that a reader wants to see, such as <c>sum [1]</c>.</summary>
    public virtual string Label => Name;

    /// <summary>How derivatives treat this op.</summary>
    public virtual Differentiability Differentiability => Differentiability.Smooth;

    /// <summary>
    /// The types of the results. They follow from the attributes of the op and
    /// the types of its operands: on others of the same types nobody asks again.
    /// </summary>
    /// <exception cref="GraphException">The operands do not fit.</exception>
    public abstract ImmutableArray<TensorType> Infer(Inference x);

    /// <summary>Reference semantics, independent of the lowering: slow, plain, the truth that kernels are tested against.</summary>
    /// <exception cref="NotSupportedException">The op is a request that a pass replaces.</exception>
    public abstract ImmutableArray<HostTensor> Evaluate(Evaluation e);

    /// <summary>Vector-Jacobian product: from cotangents of the results to cotangents of the operands.</summary>
    /// <param name="x">Operands.</param>
    /// <param name="y">Results.</param>
    /// <param name="ct">Cotangent per result; null is structurally zero. Not all are null.</param>
    /// <param name="needed">Which operands want a cotangent; only those are computed.</param>
    /// <returns>A cotangent per operand; null where structurally zero or not needed.</returns>
    /// <exception cref="GraphException">The op has no rule.</exception>
    public virtual ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
        Differentiability == Differentiability.Smooth
            ? throw new GraphException($"{Name} at {y[0].Apply.Origin} has no reverse-mode rule.")
            : [.. x.Select(_ => (Cotangent?)null)];

    /// <summary>Jacobian-vector product: from tangents of the operands to tangents of the results.</summary>
    /// <param name="x">Operands.</param>
    /// <param name="y">Results.</param>
    /// <param name="t">Tangent per operand; null is structurally zero. Not all are null.</param>
    /// <returns>A tangent per result; null where structurally zero.</returns>
    /// <exception cref="GraphException">The op has no rule.</exception>
    public virtual ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
        Differentiability == Differentiability.Smooth
            ? throw new GraphException($"{Name} at {y[0].Apply.Origin} has no forward-mode rule.")
            : [.. y.Select(_ => (Node?)null)];

    /// <summary>
    /// Which elements of the results depend on which elements of the operands, with a slope that may differ from zero: what patterns of
    /// sparse derivatives are found by. By default each on all. It may say too much, never too little.
    /// </summary>
    /// <param name="d">Asks about operands, and takes the answer.</param>
    public virtual void Depend(Dependence d) => d.SetAll(d.Union(d.Active.Select(d.OfAll)));

    /// <summary>
    /// This op on a batch at once: what <see cref="Vmap"/> puts in its place. Results of a rule carry the batch as leading axis, and
    /// example i of them is what the op gives for example i of the operands, bit for bit up to the order of sums.
    /// </summary>
    /// <param name="x">Operands, some with a leading batch axis.</param>
    /// <returns>A node per result, each with the leading axis.</returns>
    /// <exception cref="GraphException">The op has no batching rule.</exception>
    public virtual ImmutableArray<Node> Batch(Batching x) => throw new GraphException(
        $"{Name} at {x.Single.Origin} has no batching rule, so vmap cannot pass through it.\n" +
        "  fix   compute it outside the mapped function, or override Op.Batch in its record.");

    /// <summary>How a formula writes this op, from how its operands are written: by default a call, with attributes in brackets.</summary>
    /// <param name="style">The style.</param>
    /// <param name="x">The operands, written.</param>
    public virtual Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
        Notation.Function(Label.StartsWith(Name + " ", StringComparison.Ordinal)
            ? $"{Name}[{Label[(Name.Length + 1)..].Trim('[', ']')}]" : Name, style, x);

    /// <summary>Bodies that this op owns; passes run on each.</summary>
    public virtual ImmutableArray<Computation> Bodies => [];

    /// <summary>This op with its bodies replaced, in the order of <see cref="Bodies"/>.</summary>
    public virtual Op WithBodies(ImmutableArray<Computation> bodies) => this;

    [GeneratedRegex("(?<=[a-z0-9])([A-Z])")]
    private static partial Regex Dashes();
}

/// <summary>A cotangent on its way back: its value, and the predicate under which it is alive.</summary>
/// <param name="Value">Same type as the value that it belongs to; zero wherever <paramref name="Alive"/> does not hold.</param>
/// <param name="Alive"> A bool tensor of the same shape, or null for everywhere. Where it does
/// not hold, partials are masked with a select and never multiplied in: 0 times infinity is NaN.
/// </param>
public sealed record Cotangent(Node Value, Node? Alive = null)
{
    /// <summary>A cotangent of the same shape that is computed from this one: zero where this one is not alive.</summary>
    public Cotangent Guarded(Node value) => this with { Value = Alive is null ? value : Ops.Where(Alive, value, Ops.ZerosLike(value)) };
}

/// <summary>What the reference executor hands to an op: operand values, result shapes, bound symbols.</summary>
/// <param name="Inputs">Values of the operands.</param>
/// <param name="Results">Types of the results.</param>
/// <param name="Bindings">Numbers for the symbols.</param>
public sealed record Evaluation(
    ImmutableArray<HostTensor> Inputs, ImmutableArray<TensorType> Results, IReadOnlyDictionary<string, long> Bindings)
{
    /// <summary>Zeros of the type of a result.</summary>
    public HostTensor Allocate(int result = 0) => HostTensor.Zeros(Results[result].DType, Results[result].Shape.Evaluate(Bindings));
}
