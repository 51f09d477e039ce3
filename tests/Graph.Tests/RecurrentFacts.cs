using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Recurrent layers against loops over sequences, steps and units, written gate by gate from the formulas.</summary>
public class RecurrentFacts
{
    private const int T = 4, B = 3, I = 2, H = 3;
    private static readonly int[] Lengths = [4, 1, 3];

    private static double[] Sample(int seed, int n)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() * 2 - 1)];
    }

    private static Node Tensor(double[] values, params long[] shape) => Constant(HostTensor.From(values, shape));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>What a direction has learned, as plain numbers: biases of inputs, then of states.</summary>
    private sealed record Plain(int Gates, int Seed)
    {
        public double[] W { get; } = Sample(Seed, Gates * H * I);

        public double[] R { get; } = Sample(Seed + 1, Gates * H * H);

        public double[] Bias { get; } = Sample(Seed + 2, 2 * Gates * H);

        public double[] P { get; } = Sample(Seed + 3, 3 * H);

        public double OfInput(int gate, int unit, double[] x) =>
            Enumerable.Range(0, I).Sum(i => W[(gate * H + unit) * I + i] * x[i]) + Bias[gate * H + unit];

        public double OfState(int gate, int unit, double[] h) =>
            Enumerable.Range(0, H).Sum(j => R[(gate * H + unit) * H + j] * h[j]) + Bias[(Gates + gate) * H + unit];
    }

    private delegate (double[] H, double[] C) Cell(Plain p, double[] x, double[] h, double[] c);

    private static double[] PerUnit(Func<int, double> f) => [.. Enumerable.Range(0, H).Select(f)];

    private static (double[], double[]) Simple(Plain p, double[] x, double[] h, double[] c) =>
        (PerUnit(u => Math.Tanh(p.OfInput(0, u, x) + p.OfState(0, u, h))), c);

    // Gates: update, reset, new.
    private static Cell Gru(bool linearBeforeReset) => (p, x, h, c) =>
    {
        double[] z = PerUnit(u => Sigmoid(p.OfInput(0, u, x) + p.OfState(0, u, h))),
            r = PerUnit(u => Sigmoid(p.OfInput(1, u, x) + p.OfState(1, u, h)));
        double[] reset = PerUnit(u => r[u] * h[u]);
        double[] n = PerUnit(u => Math.Tanh(p.OfInput(2, u, x) + (linearBeforeReset ? r[u] * p.OfState(2, u, h) : p.OfState(2, u, reset))));
        return (PerUnit(u => (1 - z[u]) * n[u] + z[u] * h[u]), c);
    };

    // Gates: input, output, forget, cell.
    private static Cell Lstm(double peep, double clip = 1e9) => (p, x, h, c) =>
    {
        double Clipped(double v) => Math.Clamp(v, -clip, clip);
        double Pre(int g, int u) => p.OfInput(g, u, x) + p.OfState(g, u, h);
        double[] i = PerUnit(u => Sigmoid(Clipped(Pre(0, u) + peep * p.P[u] * c[u]))),
            f = PerUnit(u => Sigmoid(Clipped(Pre(2, u) + peep * p.P[2 * H + u] * c[u])));
        double[] cell = PerUnit(u => f[u] * c[u] + i[u] * Math.Tanh(Clipped(Pre(3, u))));
        double[] o = PerUnit(u => Sigmoid(Clipped(Pre(1, u) + peep * p.P[H + u] * cell[u])));
        return (PerUnit(u => o[u] * Math.Tanh(Clipped(cell[u]))), cell);
    };

    private static readonly double[] X = Sample(1, T * B * I);

    // Y as [T, directions, B, H], then the last H and C as [directions, B, H]; each sequence alone, within its length.
    private static (double[] Y, double[] H, double[] C) Expected(Cell cell, Plain[] directions, double[] h0,
        double[] c0, int[] lengths, bool reverse)
    {
        int d = directions.Length;
        double[] y = new double[T * d * B * H], lastH = [.. h0], lastC = [.. c0];
        for (int k = 0; k < d; k++)
            for (int b = 0; b < B; b++)
            {
                int at = (k * B + b) * H;
                double[] h = h0[at..(at + H)], c = c0[at..(at + H)];
                for (int s = 0; s < lengths[b]; s++)
                {
                    int t = k == 1 || reverse ? lengths[b] - 1 - s : s;
                    (h, c) = cell(directions[k], X[((t * B + b) * I)..((t * B + b + 1) * I)], h, c);
                    h.CopyTo(y, ((t * d + k) * B + b) * H);
                }
                h.CopyTo(lastH, at);
                c.CopyTo(lastC, at);
            }
        return (y, lastH, lastC);
    }

    private static (Node W, Node R, Node B, Node P) Stacked(Plain[] p) => (
        Tensor([.. p.SelectMany(q => q.W)], p.Length, p[0].Gates * H, I), Tensor([.. p.SelectMany(q => q.R)], p.Length, p[0].Gates * H, H),
        Tensor([.. p.SelectMany(q => q.Bias)], p.Length, 2 * p[0].Gates * H), Tensor([.. p.SelectMany(q => q.P)], p.Length, 3 * H));

    public static TheoryData<RecurrentDirection> Ways => [.. Enum.GetValues<RecurrentDirection>()];

    private static Plain[] Learned(RecurrentDirection way, int gates) =>
        [.. Enumerable.Range(0, way == RecurrentDirection.Bidirectional ? 2 : 1).Select(d => new Plain(gates, 10 + 10 * d))];

    [Theory, MemberData(nameof(Ways))]
    public void A_simple_layer_is_its_cell_at_every_step(RecurrentDirection way)
    {
        var p = Learned(way, 1);
        var (w, r, b, _) = Stacked(p);
        double[] h0 = Sample(5, p.Length * B * H);
        var expected = Expected(Simple, p, h0, new double[h0.Length], Lengths, way == RecurrentDirection.Reverse);
        var (y, h) = Rnn(Tensor(X, T, B, I), w, r, b, Constant(Lengths), Tensor(h0, p.Length, B, H), new() { Direction = way });
        AssertClose(expected.Y, Doubles(Eval(y)), 1e-14);
        AssertClose(expected.H, Doubles(Eval(h)), 1e-14);
    }

    [Theory, MemberData(nameof(Ways))]
    public void A_gated_layer_resets_before_or_after_the_product(RecurrentDirection way)
    {
        var p = Learned(way, 3);
        var (w, r, b, _) = Stacked(p);
        foreach (bool linear in (bool[])[false, true])
        {
            var expected = Expected(Gru(linear), p, new double[p.Length * B * H], new double[p.Length * B * H],
                [T, T, T], way == RecurrentDirection.Reverse);
            var (y, h) = Ops.Gru(Tensor(X, T, B, I), w, r, b, options: new() { Direction = way, LinearBeforeReset = linear });
            AssertClose(expected.Y, Doubles(Eval(y)), 1e-14);
            AssertClose(expected.H, Doubles(Eval(h)), 1e-14);
        }
    }

    [Theory, MemberData(nameof(Ways))]
    public void Long_short_term_memory_has_gates_that_may_look_at_the_cell(RecurrentDirection way)
    {
        var p = Learned(way, 4);
        var (w, r, b, peep) = Stacked(p);
        double[] h0 = Sample(5, p.Length * B * H), c0 = Sample(6, p.Length * B * H);
        foreach (bool peeps in (bool[])[false, true])
        {
            var expected = Expected(Lstm(peeps ? 1 : 0, 0.4), p, h0, c0, Lengths, way == RecurrentDirection.Reverse);
            var (y, h, c) = Ops.Lstm(Tensor(X, T, B, I), w, r, b, Constant(Lengths), Tensor(h0, p.Length, B, H), Tensor(c0, p.Length, B, H),
                peeps ? peep : null, new() { Direction = way, Clip = 0.4 });
            AssertClose(expected.Y, Doubles(Eval(y)), 1e-14);
            AssertClose(expected.H, Doubles(Eval(h)), 1e-14);
            AssertClose(expected.C, Doubles(Eval(c)), 1e-14);
        }
    }

    [Fact]
    public void With_the_batch_first_all_axes_of_the_batch_come_first()
    {
        var (w, r, b, _) = Stacked(Learned(RecurrentDirection.Bidirectional, 4));
        Node x = Tensor(X, T, B, I), h0 = Tensor(Sample(5, 2 * B * H), 2, B, H);
        var options = new RecurrentOptions { Direction = RecurrentDirection.Bidirectional };
        var expected = Ops.Lstm(x, w, r, b, initialH: h0, options: options);
        var (y, h, c) = Ops.Lstm(Transpose(x, [1, 0, 2]), w, r, b, initialH: Transpose(h0, [1, 0, 2]),
            options: options with { BatchFirst = true });
        Assert.Equal(Doubles(Eval(Transpose(expected.Y, [2, 0, 1, 3]))), Doubles(Eval(y)));
        Assert.Equal(Doubles(Eval(Transpose(expected.H, [1, 0, 2]))), Doubles(Eval(h)));
        Assert.Equal(Doubles(Eval(Transpose(expected.C, [1, 0, 2]))), Doubles(Eval(c)));
    }

    /// <summary>The order of gates moves rows of weights and nothing else.</summary>
    [Theory, InlineData(3, new[] { 1, 0, 2 }), InlineData(4, new[] { 0, 2, 3, 1 })]
    public void Gates_in_the_order_of_PyTorch_give_the_same(int gates, int[] order)
    {
        var p = new Plain(gates, 10);
        Node Ordered(Node rows) => Concat([.. order.Select(g => Slice(rows, 0, g * H, (g + 1) * H))]);
        Node x = Tensor(Sample(2, B * I), B, I), h = Tensor(Sample(3, B * H), B, H), w = Tensor(p.W, gates * H, I),
            r = Tensor(p.R, gates * H, H);
        Node[] halves = Split(Tensor(p.Bias, 2 * gates * H), 2);
        Node b = Concat(halves), moved = Concat([Ordered(halves[0]), Ordered(halves[1])]);
        var torch = new RecurrentOptions { Gates = GateOrder.PyTorch };
        Node Next(Node w, Node r, Node b, RecurrentOptions options) =>
            gates == 3 ? GruCell(x, h, w, r, b, options) : LstmCell(x, h, h, w, r, b, options: options).C;
        Assert.Equal(Doubles(Eval(Next(w, r, b, new()))), Doubles(Eval(Next(Ordered(w), Ordered(r), moved, torch))));
    }

    [Fact]
    public void Coupled_gates_forget_what_they_do_not_take_in()
    {
        Node zeros = Tensor(new double[4 * H * H], 4 * H, H), none = Tensor(new double[4 * H * I], 4 * H, I), c = Tensor([1, 2, 3], 1, H);
        var next = LstmCell(Tensor([1, 1], 1, I), c, c, none, zeros,
            options: new() { InputForget = true, Activations = [x => x + 0.25, x => x + 8, x => x] });
        AssertClose([0.75 * 1 + 2, 0.75 * 2 + 2, 0.75 * 3 + 2], Doubles(Eval(next.C)), 1e-15);
    }

    [Fact]
    public void A_number_of_steps_that_is_not_known_is_refused()
    {
        Node x = Input("x", DType.Float32, ["time", 2, 3]), w = Input("w", DType.Float32, [1, 4, 3]),
            r = Input("r", DType.Float32, [1, 4, 4]);
        string message = Assert.Throws<GraphException>(() => Rnn(x, w, r)).Message;
        Assert.Contains("rnn: there are time steps", message, StringComparison.Ordinal);
        Assert.Contains("RecurrentFacts.cs:", message, StringComparison.Ordinal);
        Assert.Contains("'Swish'", Assert.Throws<GraphException>(() => RecurrentActivation.Of("Swish")).Message, StringComparison.Ordinal);
    }
}
