using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>
/// Recurrent layers over a number of steps that is known when the graph is built:
/// they are written out step by step, with the product of all inputs taken at once.
/// </content>
public static partial class Ops
{
    /// <summary>A simple recurrent layer: <see cref="RnnCell"/> at every step.</summary>
    /// <param name="x">Inputs, [steps, batch, inputs], or with the batch first by the options.</param>
    /// <param name="w">Per direction the cell's weights, [directions, hidden, inputs].</param>
    /// <param name="r">[directions, hidden, hidden].</param>
    /// <param name="b">[directions, 2 · hidden]; 0 if not given.</param>
    /// <param name="lengths"> Integers, [batch]: how many steps a sequence has. Beyond
    /// them results are 0 and states stay; a reverse layer begins at the last of them.
    /// </param>
    /// <param name="initialH">The first state, [directions, batch, hidden], or with the batch first; 0 if not given.</param>
    /// <param name="options">Direction, layout, activations, clipping.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>All states, [steps, directions, batch, hidden], and the last one, [directions, batch, hidden], or both with
    /// the batch first.</returns>
    /// <exception cref="GraphException">Shapes or element types do not fit, or the number of steps is a symbol or 0.</exception>
    public static (Node Y, Node H) Rnn(Node x, Node w, Node r, Node? b = null, Node? lengths = null, Node? initialH = null,
        RecurrentOptions? options = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var y = Unrolled(RecurrentKind.Simple, Origin.At(file, line), [x, w, r, b, null, lengths, initialH, null], options ?? new());
        return (y[0], y[1]);
    }

    /// <summary>
    /// A gated recurrent layer: <see cref="GruCell"/> at every step, whose weights and biases it takes per direction.
    /// </summary>
    /// <inheritdoc cref="Rnn"/>
    public static (Node Y, Node H) Gru(Node x, Node w, Node r, Node? b = null, Node? lengths = null, Node? initialH = null,
        RecurrentOptions? options = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var y = Unrolled(RecurrentKind.Gated, Origin.At(file, line), [x, w, r, b, null, lengths, initialH, null], options ?? new());
        return (y[0], y[1]);
    }

    /// <summary>
    /// A layer of long short-term memory: <see cref="LstmCell"/> at every step, whose weights, biases and peepholes it
    /// takes per direction.
    /// </summary>
    /// <inheritdoc cref="Rnn"/>
    public static (Node Y, Node H, Node C) Lstm(Node x, Node w, Node r, Node? b = null, Node? lengths = null, Node? initialH = null,
        Node? initialC = null, Node? peepholes = null, RecurrentOptions? options = null,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Node?[] operands = [x, w, r, b, peepholes, lengths, initialH, initialC];
        var y = Unrolled(RecurrentKind.LongShort, Origin.At(file, line), operands, options ?? new());
        return (y[0], y[1], y[2]);
    }

    private static ImmutableArray<Node> Unrolled(RecurrentKind kind, Origin origin, Node?[] operands, RecurrentOptions options)
    {
        DemandRecurrent(kind, origin, operands, options);
        return Call.OfSome(kind.Title, origin, operands, a =>
        {
            // Inside, time comes before direction and direction before the batch.
            Node? Inner(Node? v) => v is null || !options.BatchFirst ? v : Transpose(v, [1, 0, 2]);
            (Node x, Node? h, Node? c) = (Inner(a[0])!, Inner(a[6]), Inner(a[7]));
            int directions = options.Direction == RecurrentDirection.Bidirectional ? 2 : 1;
            var runs = Enumerable.Range(0, directions).Select(d =>
            {
                Node? Own(Node? v) => v is null ? null : Reshape(Slice(v, 0, d, d + 1), Shape.Of(v.Shape.Skip(1)));
                var weights = new CellWeights(Own(a[1])!, Own(a[2])!, Own(a[3]), Own(a[4]));
                var cell = kind.Cell(weights, options, kind.ActivationsOf(options, d, directions, origin));
                Node zero = BroadcastTo(Scalar(x.DType, 0), [x.Shape[1], a[2]!.Shape[2]]);
                ImmutableArray<Node> start = kind == RecurrentKind.LongShort ? [Own(h) ?? zero, Own(c) ?? zero] : [Own(h) ?? zero];
                return Run(cell, x, a[5], start, backward: d == 1 || options.Direction == RecurrentDirection.Reverse);
            }).ToList();
            Node y = Stack([.. runs.Select(r => r.Y)], 1);
            return [options.BatchFirst ? Transpose(y, [2, 0, 1, 3]) : y,
                .. Enumerable.Range(0, runs[0].Last.Length).Select(s => Inner(Stack([.. runs.Select(r => r.Last[s])]))!)];
        });
    }

    // x: [steps, batch, inputs]; y: [steps, batch, hidden].
    private static (Node Y, ImmutableArray<Node> Last) Run(
        RecurrentCell cell, Node x, Node? lengths, ImmutableArray<Node> state, bool backward)
    {
        int steps = checked((int)x.Shape[0].Constant);
        Node rows = cell.Project(Reshape(x, [x.Shape[0] * x.Shape[1], x.Shape[2]]));
        Node projected = Reshape(rows, [steps, x.Shape[1], rows.Shape[1]]);
        var y = new Node[steps];
        for (int s = 0; s < steps; s++)
        {
            int t = backward ? steps - 1 - s : s;
            var next = cell.Step(Reshape(Slice(projected, 0, t, t + 1), [x.Shape[1], rows.Shape[1]]), state);
            Node? inside = lengths is null ? null : ExpandDims(lengths, 1) > t;
            y[t] = inside is null ? next[0] : Where(inside, next[0], ZerosLike(next[0]));
            state = inside is null ? next : [.. next.Zip(state, (after, before) => Where(inside, after, before))];
        }
        return (Stack(y), state);
    }

    private static void DemandRecurrent(RecurrentKind kind, Origin origin, Node?[] operands, RecurrentOptions options)
    {
        Node x = operands[0]!, w = operands[1]!, r = operands[2]!;
        GraphException Error(string problem, string fix) =>
            GraphException.For(kind.Title, [.. operands.OfType<Node>()], origin, problem, fix);
        if (x.Rank != 3 || w.Rank != 3 || r.Rank != 3)
            throw Error($"inputs have {x.Rank} axes, weights {w.Rank} and {r.Rank}",
                "give all three 3 axes; weights begin with that of directions");
        var (steps, batch) = options.BatchFirst ? (x.Shape[1], x.Shape[0]) : (x.Shape[0], x.Shape[1]);
        if (!steps.TryConstant(out long count) || count < 1)
            throw Error($"there are {steps} steps", "give inputs of a number of steps that is known when the graph is built, at least 1");
        Dim directions = options.Direction == RecurrentDirection.Bidirectional ? 2 : 1, hidden = r.Shape[2], gates = hidden * kind.Gates;
        DemandFits(kind.Title, origin, x, "the inputs' weight", [directions, gates, x.Shape[2]], w);
        DemandFits(kind.Title, origin, x, "the states' weight", [directions, gates, hidden], r);
        DemandFits(kind.Title, origin, x, "the list of biases", [directions, gates * 2], operands[3]);
        DemandFits(kind.Title, origin, x, "the list of peepholes", [directions, hidden * 3], operands[4]);
        Shape states = options.BatchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
        DemandFits(kind.Title, origin, x, "a first state", states, operands[6], operands[7]);
        if (operands[5] is { } lengths && (!lengths.DType.IsInteger || !Fits(lengths.Shape, [batch])))
            throw Error($"lengths are {lengths.Type}", $"give an integer per sequence, int32[{batch}]");
    }
}
