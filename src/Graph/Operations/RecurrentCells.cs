using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Recurrent cells: one step, for loops of the user's own.</content>
public static partial class Ops
{
    /// <summary>One step of a simple recurrent layer, <c>h' = f(x wᵀ + h rᵀ + b)</c>, with f = tanh by default.</summary>
    /// <param name="x">Input, [batch, inputs].</param>
    /// <param name="h">State, [batch, hidden].</param>
    /// <param name="w">[hidden, inputs].</param>
    /// <param name="r">[hidden, hidden].</param>
    /// <param name="b">Biases of x wᵀ and of h rᵀ, [2 · hidden]; 0 if not given.</param>
    /// <param name="options">Activations and clipping.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
    public static Node RnnCell(Node x, Node h, Node w, Node r, Node? b = null, RecurrentOptions? options = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Stepped(RecurrentKind.Simple, Origin.At(file, line), x, h, null, w, r, b, null, options ?? new())[0];

    /// <summary>
    /// One step of a gated recurrent unit: <c>h' = (1 - z) n + z h</c> with update gate z, reset gate r and proposal n.
    /// </summary>
    /// <remarks>
    /// K. Cho et al., 2014. Gates stand in the order update, reset, new (ONNX), or reset, update, new (PyTorch, whose unit also has
    /// <see cref="RecurrentOptions.LinearBeforeReset"/>).
    /// </remarks>
    /// <param name="x">Input, [batch, inputs].</param>
    /// <param name="h">State, [batch, hidden].</param>
    /// <param name="w">[3 · hidden, inputs].</param>
    /// <param name="r">[3 · hidden, hidden].</param>
    /// <param name="b">Biases of x wᵀ and of h rᵀ, [6 · hidden]; 0 if not given.</param>
    /// <param name="options">Order of gates, activations, clipping.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
    public static Node GruCell(Node x, Node h, Node w, Node r, Node? b = null, RecurrentOptions? options = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Stepped(RecurrentKind.Gated, Origin.At(file, line), x, h, null, w, r, b, null, options ?? new())[0];

    /// <summary>
    /// One step of long short-term memory: <c>c' = f c + i g</c>, <c>h' = o tanh(c')</c> with input gate i, forget gate
    /// f, output gate o.
    /// </summary>
    /// <remarks>
    /// S. Hochreiter, J. Schmidhuber, 1997; F. Gers et al., 2000. Gates stand in the order
    /// input, output, forget, cell (ONNX), or input, forget, cell, output (PyTorch).
    /// </remarks>
    /// <param name="x">Input, [batch, inputs].</param>
    /// <param name="h">Hidden state, [batch, hidden].</param>
    /// <param name="c">Cell state, [batch, hidden].</param>
    /// <param name="w">[4 · hidden, inputs].</param>
    /// <param name="r">[4 · hidden, hidden].</param>
    /// <param name="b">Biases of x wᵀ and of h rᵀ, [8 · hidden]; 0 if not given.</param>
    /// <param name="peepholes">From the cell to its input, output and forget gate, [3 · hidden]; none if not given.</param>
    /// <param name="options">Order of gates, activations, clipping.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
    public static (Node H, Node C) LstmCell(Node x, Node h, Node c, Node w, Node r, Node? b = null, Node? peepholes = null,
        RecurrentOptions? options = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var next = Stepped(RecurrentKind.LongShort, Origin.At(file, line), x, h, c, w, r, b, peepholes, options ?? new());
        return (next[0], next[1]);
    }

    private static ImmutableArray<Node> Stepped(RecurrentKind kind, Origin origin, Node x, Node h, Node? c,
        Node w, Node r, Node? b, Node? peepholes, RecurrentOptions options)
    {
        string title = kind.Title + "-cell";
        if (x.Rank != 2 || r.Rank != 2)
            throw GraphException.For(title, [x, w, r], origin, $"an input is {x.Type}, recurrent weights are {r.Type}",
                "give [batch, inputs] and [gates * hidden, hidden]");
        Dim batch = x.Shape[0], hidden = r.Shape[1], gates = hidden * kind.Gates;
        DemandFits(title, origin, x, "the input's weight", [gates, x.Shape[1]], w);
        DemandFits(title, origin, x, "the state's weight", [gates, hidden], r);
        DemandFits(title, origin, x, "the list of biases", [gates * 2], b);
        DemandFits(title, origin, x, "the list of peepholes", [hidden * 3], peepholes);
        DemandFits(title, origin, x, "a state", [batch, hidden], h, c);
        return Call.OfSome(title, origin, [x, h, c, w, r, b, peepholes], a =>
        {
            var cell = kind.Cell(new(a[3]!, a[4]!, a[5], a[6]), options, kind.ActivationsOf(options, 0, 1, origin));
            return cell.Step(cell.Project(a[0]!), a[2] is null ? [a[1]!] : [a[1]!, a[2]!]);
        });
    }
}
