using System.Collections.Immutable;

namespace Adjoint;

/// <summary>
/// What an op sees when it is applied to a batch of examples at once: operands of which some carry an extra leading axis, one
/// position per example, while others are the same for all. Every result of a batching rule carries that axis.
/// </summary>
/// <remarks>At least one operand is mapped. Types of one example are those of <see cref="Single"/>.</remarks>
public sealed class Batching
{
    private readonly ImmutableArray<Node> operands;
    private readonly ImmutableArray<bool> mapped;

    internal Batching(Apply single, ImmutableArray<Node> operands, ImmutableArray<bool> mapped, Dim extent) =>
        (Single, this.operands, this.mapped, Extent) = (single, operands, mapped, extent);

    /// <summary>The application to one example: operand and result types without the batch.</summary>
    public Apply Single { get; }

    /// <summary>How many examples there are.</summary>
    public Dim Extent { get; }

    /// <summary>Number of operands.</summary>
    public int Count => operands.Length;

    /// <summary>An operand: of shape [<see cref="Extent"/>, ..] where it is mapped, else as in <see cref="Single"/>.</summary>
    public Node this[int input] => operands[input];

    /// <summary>Whether an operand differs from example to example.</summary>
    public bool IsMapped(int input) => mapped[input];

    /// <summary>The shape of an operand for one example.</summary>
    public Shape ShapeOf(int input) => Single.Inputs[input].Shape;

    /// <summary>An operand with the leading axis: one that is the same for all is repeated, as a view.</summary>
    public Node Full(int input) => mapped[input] ? operands[input] : Repeat(operands[input], Extent);

    /// <summary>Applies an op to all operands, each with the leading axis: the rule of every op that treats leading axes alike.</summary>
    public ImmutableArray<Node> Apply(Op op)
    {
        var full = new Node[Count];
        for (int i = 0; i < full.Length; i++)
            full[i] = Full(i);
        return Adjoint.Apply.Of(op, Single.Origin, full).Results;
    }

    /// <summary>A tensor repeated along a new leading axis.</summary>
    internal static Node Repeat(Node x, Dim extent) => Ops.BroadcastTo(x, [extent, .. x.Shape]);

    /// <summary>
    /// A batch of batches as one: [b, n, ..] as [b * n, ..]. What an
    /// op does to each of n does not depend on how many there are.
    /// </summary>
    internal Node Merged(int input) => Ops.Reshape(Full(input), [Extent * ShapeOf(input)[0], .. ShapeOf(input).Skip(1)]);

    /// <summary>Undoes <see cref="Merged"/> for a result: [b * n, ..] as [b, n, ..].</summary>
    internal Node Split(Node y, int result = 0) => Ops.Reshape(y, [Extent, .. Single.Results[result].Shape]);

    /// <summary>An axis moved to another place; the others keep their order.</summary>
    internal static Node Move(Node x, int from, int to)
    {
        if (from == to)
            return x;
        var order = Enumerable.Range(0, x.Rank).Where(a => a != from).ToList();
        order.Insert(to, from);
        return Ops.Transpose(x, [.. order]);
    }
}
