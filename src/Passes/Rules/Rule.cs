using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>A rewrite as a law. It lowers cost or moves toward the canonical form, and no rule undoes another.</summary>
/// <param name="Law">The law as text: documentation, trace label and test name at once.</param>
/// <param name="Soundness">What it may change in the result.</param>
/// <param name="Root">The op, or family of ops, on the left side's root.</param>
/// <param name="Apply">The right side where the left side matches, else null. Operands have been rewritten already.</param>
/// <param name="Example">A node that the left side matches: what the generated test rewrites and evaluates.</param>
public sealed record Rule(string Law, Soundness Soundness, Type Root, Func<Node, Node?> Apply, Func<RuleOperands, Node> Example)
{
    /// <summary>A rule whose left side is rooted in a <typeparamref name="TOp"/>.</summary>
    public static Rule On<TOp>(string law, Soundness soundness, Func<Node, Node?> apply, Func<RuleOperands, Node> example) where TOp : Op =>
        new(law, soundness, typeof(TOp), apply, example);

    /// <inheritdoc/>
    public override string ToString() => $"{Law} ({Soundness})";
}

/// <summary>The letters of a law: inputs from which examples are built, one shape for all that have no other.</summary>
/// <param name="DType">Element type of numbers.</param>
public sealed record RuleOperands(DType DType)
{
    /// <summary>The shape of <see cref="X"/>, <see cref="Y"/>, <see cref="C"/> and <see cref="D"/>.</summary>
    public static Shape Shape { get; } = [12, 16];

    /// <summary>Numbers; with <see cref="Y"/> it runs through all pairs of special values.</summary>
    public Node X { get; } = Ops.Input("x", DType, Shape);

    /// <summary>More numbers.</summary>
    public Node Y { get; } = Ops.Input("y", DType, Shape);

    /// <summary>Numbers along the last axis only.</summary>
    public Node Row { get; } = Ops.Input("row", DType, [16]);

    /// <summary>One number.</summary>
    public Node S { get; } = Ops.Input("s", DType, []);

    /// <summary>Another number.</summary>
    public Node T { get; } = Ops.Input("t", DType, []);

    /// <summary>Truth values.</summary>
    public Node C { get; } = Ops.Input("c", DType.Bool, Shape);

    /// <summary>More truth values.</summary>
    public Node D { get; } = Ops.Input("d", DType.Bool, Shape);

    /// <summary>The inputs, in order.</summary>
    public IReadOnlyList<Node> All => [X, Y, Row, S, T, C, D];
}
