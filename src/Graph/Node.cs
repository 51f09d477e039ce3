using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>
/// One result of an <see cref="Adjoint.Apply"/>: what users hold
/// and operators combine. Immutable; identity is the reference.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public class Node
{
    [ThreadStatic] private static int made;
    private readonly int hash = ++made;

    internal Node(Apply apply, int index, TensorType type) => (Apply, Index, Type) = (apply, index, type);

    private protected Node(Func<Node, Apply> apply, TensorType type) => (Type, Apply) = (type, apply(this));

    /// <summary>The application that this is a result of.</summary>
    public Apply Apply { get; }

    /// <summary>Which result of <see cref="Apply"/> this is.</summary>
    public int Index { get; }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>The op that makes this value.</summary>
    public Op Op => Apply.Op;

    /// <summary>Element type.</summary>
    public DType DType => Type.DType;

    /// <summary>Extents, outermost axis first.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>Number of axes.</summary>
    public int Rank => Type.Rank;

    /// <summary>Applies an op that has one result. Shapes and dtypes are checked now.</summary>
    /// <exception cref="GraphException">The inputs do not fit the op.</exception>
    public static Node Of(Op op, Origin origin, params ReadOnlySpan<Node> inputs) => Apply.Of(op, origin, inputs).Results[0];

    /// <summary>Splits into op and inputs, for list patterns such as <c>n is (Multiply, [var x, var y])</c>.</summary>
    public void Deconstruct(out Op op, out ImmutableArray<Node> inputs) => (op, inputs) = (Apply.Op, Apply.Inputs);

    /// <summary>
    /// The order of making: what is near in a graph is near in tables of its nodes too, and the runtime's own hash of an object, made when
    /// first asked for, takes longer than making the node.
    /// </summary>
    public sealed override int GetHashCode() => hash;

    /// <summary>How messages name this node: its kind and name, or the op that makes it.</summary>
    public override string ToString() => $"{Type} {Op.Label}";
}

/// <summary>An op applied to earlier values, and where the user wrote it. Immutable; identity is the reference.</summary>
public sealed class Apply
{
    [ThreadStatic] private static int made;
    private readonly int hash = ++made;
    private Origin origin;

    private Apply(Op op, ImmutableArray<Node> inputs, Inference inference, Origin origin, string scope)
    {
        (Op, Inputs, this.origin, Scope) = (op, inputs, origin, scope);
        var types = op.Infer(inference);
        Requirements = inference.Requirements;
        var results = ImmutableArray.CreateBuilder<Node>(types.Length);
        for (int i = 0; i < types.Length; i++)
            results.Add(new Node(this, i, types[i]));
        Results = results.MoveToImmutable();
    }

    // Types and requirements follow from the op and the types of its operands, so where both are as they were they are taken over.
    private Apply(Apply known, ImmutableArray<Node> inputs, Origin origin)
    {
        (Op, Inputs, this.origin, Scope, Requirements) = (known.Op, inputs, origin, known.Scope, known.Requirements);
        var results = new Node[known.Results.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = new(this, i, known.Results[i].Type);
        Results = ImmutableCollectionsMarshal.AsImmutableArray(results);
    }

    private Apply(Op op, Node result, Origin origin) =>
        (Op, Inputs, this.origin, Scope, Results, Requirements) = (op, [], origin, NameScope.Current, [result], []);

    /// <summary>What is applied.</summary>
    public Op Op { get; }

    /// <summary>Operands, in the order that the op defines.</summary>
    public ImmutableArray<Node> Inputs { get; }

    /// <summary>Results, at least one.</summary>
    public ImmutableArray<Node> Results { get; }

    /// <summary>Where the user wrote it.</summary>
    public Origin Origin => origin;

    /// <summary>The name scope that it was built in; empty outside any.</summary>
    public string Scope { get; }

    /// <summary>Relations of extents that their symbols do not prove: checked when a call binds the symbols.</summary>
    public ImmutableArray<Requirement> Requirements { get; }

    /// <summary>Applies an op in the current name scope. Shapes and dtypes are checked now.</summary>
    /// <exception cref="GraphException">The inputs do not fit the op.</exception>
    public static Apply Of(Op op, Origin origin, params ReadOnlySpan<Node> inputs)
    {
        ImmutableArray<Node> operands = [.. inputs];
        return new(op, operands, new Inference(op, operands, origin), origin, NameScope.Current);
    }

    /// <inheritdoc cref="Node.GetHashCode"/>
    public override int GetHashCode() => hash;

    /// <summary>The same op on other operands, in the same scope. What is known of the types is not inferred again.</summary>
    internal Apply On(ReadOnlySpan<Node> inputs, Origin origin)
    {
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i].Type != Inputs[i].Type)
            {
                using var scope = NameScope.Set(Scope);
                return Of(Op, origin, inputs);
            }
        return new(this, [.. inputs], origin);
    }

    /// <summary>Takes in the origin of a twin. Only for whoever is making this application and has shown it to nobody.</summary>
    internal void Unite(Origin twin) => origin = Origin.Union(origin, twin);

    /// <summary>The application whose only result is a node that is being made: a variable.</summary>
    internal static Apply OfLeaf(Op op, Node result, Origin origin) => new(op, result, origin);
}

/// <summary>How two extents must be related.</summary>
public enum Relation
{
    /// <summary>A = B.</summary>
    Equal,

    /// <summary>A &lt;= B.</summary>
    AtMost,
}

/// <summary>A relation of two extents that a call must satisfy when it binds symbols, and the node that needs it.</summary>
/// <param name="A">One extent.</param>
/// <param name="B">The other.</param>
/// <param name="What">What the message says of them.</param>
/// <param name="Relation">How they must be related.</param>
public sealed record Requirement(Dim A, Dim B, string What, Relation Relation = Relation.Equal)
{
    /// <summary>Whether the relation holds once symbols are bound.</summary>
    /// <exception cref="InvalidOperationException">A symbol is not bound.</exception>
    public bool Holds(IReadOnlyDictionary<string, long> bindings) => Relation == Relation.Equal
        ? A.Evaluate(bindings) == B.Evaluate(bindings)
        : A.Evaluate(bindings) <= B.Evaluate(bindings);
}
