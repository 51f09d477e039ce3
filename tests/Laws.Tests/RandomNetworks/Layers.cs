using Adjoint.Laws.RandomGraphs;
using Step = Adjoint.Laws.RandomGraphs.Step;

namespace Adjoint.Laws.RandomNetworks;

/// <summary>
/// The layers that random networks are made of: each takes and gives a matrix with a row per example, or gives null where
/// it does not fit. No layer chooses by comparing computed numbers but max pooling and rectifiers, whose gradients of
/// random numbers do not meet ties.
/// </summary>
internal static class Layers
{
    public static readonly Func<RandomNetwork, Node, Step, Node?>[] Rules =
    [
        (n, x, s) => Activated(Dense(n, x, n.Extent()), s.A),
        (n, x, s) => Activated(MatMul(x, Transpose(n.Weight(n.Extent(), Columns(x)))), s.A),
        (n, x, s) => x + Dense(n, Gelu(Dense(n, x, n.Extent())), (int)Columns(x)),
        (n, x, s) => LayerNorm(x, n.Weight(Columns(x)) + 1, n.Weight(Columns(x)), epsilon: 0.1),
        (n, x, s) => Standardised(x) * (n.Weight(Columns(x)) + 1) + n.Weight(Columns(x)),
        (n, x, s) => Softmax(x * 2) * 3 + x,
        (n, x, s) => Activated(x, s.A),
        (n, x, s) => Glued(x, Dense(n, x, n.Extent())),
        (n, x, s) => MatMul(Softmax(MatMul(x, Transpose(x)) * 0.2), x),
        Convolved,
        Pooled,
        Attended,
        Mixed,
        Shared,
        (n, x, s) => x + Gather(n.Weight(5, Columns(x)), n.Argument("places", [n.Rows], [n.Examples], DType.Int32, 5), 0),
        (n, x, s) => Concat([x, Tanh(x) * 0.5], 1),
        (n, x, s) => Columns(x) < 4 ? null : Slice(x, 1, s.A % 2, step: 2),
        (n, x, s) => CumulativeSum(x, 1) / Math.Sqrt(Columns(x)),
    ];

    public static readonly Func<RandomNetwork, Node, Node>[] Losses =
    [
        (n, x) => Mean(SoftmaxCrossEntropy(x, n.Argument("labels", [n.Rows], [n.Examples], DType.Int32, (int)Columns(x)))),
        (n, x) => Mean(Square(x - n.Argument("target", [n.Rows, Columns(x)], [n.Examples]))),
        (n, x) => Sum(Tanh(x)) / (double)(n.Examples * Columns(x)),
        (n, x) => Mean(LogSumExp(x, [0])),
    ];

    private static long Columns(Node x) =>
        x.Shape[1].TryConstant(out long n) ? n : throw new InvalidOperationException("Only rows are symbols here.");

    private static Node Dense(RandomNetwork n, Node x, int columns) => MatMul(x, n.Weight(Columns(x), columns)) + n.Weight(columns);

    private static Node Activated(Node x, int kind) => (kind % 6) switch
    {
        0 => Relu(x),
        1 => Tanh(x),
        2 => Gelu(x),
        3 => Sigmoid(x) * x,
        4 => x * Exp(-Square(x)),
        _ => x,
    };

    private static Node Standardised(Node x) =>
        Mean(x, [0], keepDims: true) is var mean ? (x - mean) / Sqrt(Mean(Square(x - mean), [0], keepDims: true) + 0.1) : x;

    private static Node? Glued(Node x, Node gate) => Columns(gate) is var c && c > Columns(x) ? null : gate * Sigmoid(Slice(x, 1, 0, c));

    private static Node? Convolved(RandomNetwork n, Node x, Step s)
    {
        int size = 1 + s.C % 3, stride = 1 + s.B % 2;
        var (channels, height, width) = Plane(x, s.A);
        if (Math.Min(height, width) < size)
            return null;
        int results = n.Choice(3) == 0 && channels > 1 ? channels : 1 + n.Choice(20),
            groups = results == channels && s.A % 2 == 0 ? channels : 1;
        var window = new SlidingWindow([size, size]) { Stride = [stride, stride], Low = [s.A % size, s.A % size],
            High = [s.B % size, s.A % size] };
        var y = Convolution(Reshape(x, [n.Rows, channels, height, width]),
            n.Weight(results, channels / groups, size, size), n.Weight(results), window, groups);
        return Flattened(n, Activated(y, s.B));
    }

    private static Node? Pooled(RandomNetwork n, Node x, Step s)
    {
        var (channels, height, width) = Plane(x, s.A);
        if (Math.Min(height, width) < 3)
            return null;
        var window = new SlidingWindow([2 + s.C % 2, 2]) { Stride = [1 + s.B % 2, 2] };
        var planes = Reshape(x, [n.Rows, channels, height, width]);
        return Flattened(n, s.A % 2 == 0 ? MaxPool(planes, window) : AveragePool(planes, window));
    }

    private static Node? Attended(RandomNetwork n, Node x, Step s)
    {
        long columns = Columns(x), heads = new[] { 1, 2, 4 }[s.A % 3];
        if (columns % heads != 0)
            return null;
        Node Headed(Node y) => Transpose(Reshape(y, [1, n.Rows, heads, columns / heads]), [0, 2, 1, 3]);
        var y = ScaledDotProductAttention(Headed(x), Headed(Dense(n, x, (int)columns)), Headed(Tanh(x)), isCausal: s.B % 2 == 0);
        return x + Reshape(Transpose(y, [0, 2, 1, 3]), [n.Rows, columns]);
    }

    /// <summary>Products of small matrices, one per example.</summary>
    private static Node? Mixed(RandomNetwork n, Node x, Step s)
    {
        var (channels, height, width) = Plane(x, s.A);
        Node a = Reshape(x, [n.Rows, channels * height, width]),
            b = s.B % 2 == 0 ? Tanh(a) : BroadcastTo(n.Weight(channels * height, width), a.Shape);
        return Flattened(n, MatMul(a, Transpose(b, [0, 2, 1])) / Math.Sqrt(width));
    }

    /// <summary>
    /// Products whose second operands are few matrices, each shared
    /// by neighbours: heads of queries that share a head of keys.
    /// </summary>
    private static Node? Shared(RandomNetwork n, Node x, Step s)
    {
        var (channels, height, width) = Plane(x, s.A);
        int shares = 1 + s.B % 3;
        Node a = Reshape(x, [n.Rows, channels, height, width]), b = Transpose(Tanh(a), [0, 1, 3, 2]);
        Node wide = Concat([.. Enumerable.Range(1, shares).Select(k => a / k)], 1);
        Node repeated = Reshape(BroadcastTo(Reshape(b, [n.Rows, channels, 1, width, height]), [n.Rows, channels, shares, width, height]),
            [n.Rows, channels * shares, width, height]);
        return Flattened(n, MatMul(wide, repeated) / Math.Sqrt(width));
    }

    private static Node? Flattened(RandomNetwork n, Node y)
    {
        long columns = 1;
        foreach (var extent in y.Shape.Skip(1))
            columns *= extent.TryConstant(out long e) ? e : throw new InvalidOperationException("Only rows are symbols here.");
        return columns is 0 or > 2000 ? null : Reshape(y, [n.Rows, columns]);
    }

    /// <summary>Three factors of the columns' number, the last two as near to one another as they come.</summary>
    private static (int Channels, int Height, int Width) Plane(Node x, int choice)
    {
        int columns = (int)Columns(x);
        int[] fit = [.. new[] { 1, 2, 3, 4, 5 }.Where(c => columns % c == 0)];
        int channels = fit[choice % fit.Length];
        int plane = columns / channels;
        int height = Enumerable.Range(1, (int)Math.Sqrt(plane)).Last(h => plane % h == 0);
        return (channels, height, plane / height);
    }
}
