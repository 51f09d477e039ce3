using System.Collections.Immutable;
using Functions = System.Collections.Immutable.ImmutableArray<System.Func<Adjoint.Node, Adjoint.Node>>;

namespace Adjoint;

/// <summary>What a cell has learned, for one direction: gates stand below each other.</summary>
/// <param name="W">For inputs, [gates · hidden, inputs].</param>
/// <param name="R">For the state, [gates · hidden, hidden].</param>
/// <param name="B">Biases of the former and of the latter, [2 · gates · hidden], or null.</param>
/// <param name="P">Of an LSTM, from the cell to its input, output and forget gate, [3 · hidden], or null.</param>
internal sealed record CellWeights(Node W, Node R, Node? B = null, Node? P = null)
{
    public Dim Hidden => R.Shape[1];
}

/// <summary>One step of a recurrent layer, split so that the part which needs no state is taken for all steps at once.</summary>
internal abstract class RecurrentCell(CellWeights weights, RecurrentOptions options, Functions activations)
{
    protected CellWeights Weights { get; } = weights;

    protected RecurrentOptions Options { get; } = options;

    /// <summary>What inputs [.., inputs] and biases give to the gates, [.., gates · hidden].</summary>
    public Node Project(Node x)
    {
        Node y = Ops.MatMul(x, Ops.Transpose(Weights.W));
        return Weights.B is { } b && Ops.Split(b, 2) is [var ofInput, var ofState] ? y + InputBias(ofInput, ofState) : y;
    }

    /// <summary>The next state, the hidden one first, from what a step's input gives to the gates and the state before.</summary>
    public abstract ImmutableArray<Node> Step(Node projected, ImmutableArray<Node> state);

    protected virtual Node InputBias(Node ofInput, Node ofState) => ofInput + ofState;

    protected static Node FromState(Node h, Node r) => Ops.MatMul(h, Ops.Transpose(r));

    /// <summary>Part of a list of gates along its last axis.</summary>
    protected Node Gate(Node gates, int first, int count = 1) =>
        Ops.Slice(gates, -1, Weights.Hidden * first, Weights.Hidden * (first + count));

    protected Node Activate(int which, Node x) =>
        activations[which](double.IsPositiveInfinity(Options.Clip) ? x : Ops.Clamp(x, -Options.Clip, Options.Clip));
}

/// <summary><c>h' = f(W x + R h + b)</c>.</summary>
internal sealed class SimpleCell(CellWeights weights, RecurrentOptions options, Functions f) : RecurrentCell(weights, options, f)
{
    public override ImmutableArray<Node> Step(Node projected, ImmutableArray<Node> state) =>
        [Activate(0, projected + FromState(state[0], Weights.R))];
}

/// <summary>
/// <c>h' = (1 - z) n + z h</c> with update gate z, reset gate r and <c>n = g(W x + R (r h) + b)</c>, or <c>g(W x + b + r
/// (R h + b'))</c>.
/// </summary>
internal sealed class GatedCell(CellWeights weights, RecurrentOptions options, Functions f) : RecurrentCell(weights, options, f)
{
    private bool UpdateFirst => Options.Gates == GateOrder.Onnx;

    public override ImmutableArray<Node> Step(Node projected, ImmutableArray<Node> state)
    {
        var h = state[0];
        Node? product = Options.LinearBeforeReset ? FromState(h, Weights.R) : null;
        Node gates = Activate(0, Gate(projected, 0, 2) + (product is null ? FromState(h, Rows(0, 2)) : Gate(product, 0, 2)));
        Node z = Gate(gates, UpdateFirst ? 0 : 1), r = Gate(gates, UpdateFirst ? 1 : 0);
        Node fromState = product is null ? FromState(r * h, Rows(2, 1)) : r * Shifted(Gate(product, 2));
        Node n = Activate(1, Gate(projected, 2) + fromState);
        return [(1 - z) * n + z * h];
    }

    // The bias of the state's part of n stands inside the reset gate's reach, if the product does.
    protected override Node InputBias(Node ofInput, Node ofState) => !Options.LinearBeforeReset ? ofInput + ofState
        : Ops.Concat([Gate(ofInput, 0, 2) + Gate(ofState, 0, 2), Gate(ofInput, 2)]);

    private Node Shifted(Node product) =>
        Weights.B is { } b && Ops.Split(b, 2) is [_, var ofState] ? product + Gate(ofState, 2) : product;

    private Node Rows(int first, int count) => Ops.Slice(Weights.R, 0, Weights.Hidden * first, Weights.Hidden * (first + count));
}

/// <summary><c>c' = f c + i g(..)</c>, <c>h' = o h(c')</c> with input, forget and output gates that may look at the cell.</summary>
internal sealed class LongShortCell(CellWeights weights, RecurrentOptions options, Functions f) : RecurrentCell(weights, options, f)
{
    public override ImmutableArray<Node> Step(Node projected, ImmutableArray<Node> state)
    {
        var (i, o, f, n) = Options.Gates == GateOrder.Onnx ? (0, 1, 2, 3) : (0, 3, 1, 2);
        var (h, c) = (state[0], state[1]);
        Node gates = projected + FromState(h, Weights.R);
        Node input = Activate(0, Peeking(Gate(gates, i), 0, c));
        Node forget = Options.InputForget ? 1 - input : Activate(0, Peeking(Gate(gates, f), 2, c));
        Node cell = forget * c + input * Activate(1, Gate(gates, n));
        Node output = Activate(0, Peeking(Gate(gates, o), 1, cell));
        return [output * Activate(2, cell), cell];
    }

    private Node Peeking(Node gate, int which, Node cell) => Weights.P is { } p ? gate + Gate(p, which) * cell : gate;
}
