using Adjoint.Laws.RandomGraphs;

namespace Adjoint.Laws.RandomNetworks;

/// <summary>
/// A network of random layers with its loss, gradients and update, and data for it. Large enough for tiles, panels,
/// groups of rows and threads, which graphs of single ops on small operands never reach.
/// </summary>
internal sealed class RandomNetwork
{
    private static readonly int[] Extents = [1, 2, 3, 4, 7, 8, 16, 17, 24, 31, 33, 48, 64, 65, 100, 130, 257];

    private readonly Random random;
    private readonly List<Variable> variables = [];
    private readonly List<(Node Node, HostTensor Data)> inputs = [];

    public RandomNetwork(Recipe recipe)
    {
        random = new Random(recipe.Seed);
        DType = random.Next(3) == 0 ? DType.Float64 : DType.Float32;
        Width = Running.Widths[random.Next(Running.Widths.Length)];
        Threads = 2 + random.Next(2);
        long rows = Extent();
        Rows = random.Next(3) == 0 ? Dim.Symbol("rows") : Dim.Of(rows);
        Examples = rows;
        Node x = Argument("x", [Rows, Extent()], [rows]), start = x;
        foreach (var step in recipe.Steps)
            x = Layers.Rules[step.Op % Layers.Rules.Length](this, x, step) ?? x;
        Node loss = Layers.Losses[recipe.Seed % Layers.Losses.Length](this, x);
        Node[] gradients = Gradient.Of(loss, [start, .. variables]);
        Update[] updates = random.Next(3) switch
        {
            0 => [],
            1 => Sgd.Updates([.. variables], gradients.AsSpan(1), 0.05),
            _ => Momentum.Updates([.. variables], gradients.AsSpan(1), 0.05),
        };
        Node[] outputs = updates.Length == 0 ? [loss, .. gradients] : random.Next(2) == 0 ? [loss, x, gradients[0]] : [loss];
        Computation = Running.Of([.. inputs.Select(i => i.Node)], outputs).WithUpdates(updates);
        Arguments = [.. inputs.Select(i => i.Data)];
    }

    public DType DType { get; }

    public VectorWidth Width { get; }

    public int Threads { get; }

    public Dim Rows { get; }

    public long Examples { get; }

    public Computation Computation { get; }

    public HostTensor[] Arguments { get; }

    public int Extent() => Extents[random.Next(Extents.Length)];

    public int Choice(int count) => random.Next(count);

    /// <summary>An argument of the network; extents that are symbols take their values from <paramref name="examples"/>.</summary>
    public Node Argument(string name, Shape shape, long[] examples, DType? dtype = null, int below = 3)
    {
        var node = Input($"{name}{inputs.Count}", dtype ?? DType, shape);
        var bindings = new Dictionary<string, long> { ["rows"] = examples[0] };
        inputs.Add((node, Running.Random(random, node.DType, shape.Evaluate(bindings), -1, 1, below)));
        return node;
    }

    /// <summary>Weights whose products neither vanish nor grow along layers.</summary>
    public Variable Weight(params Dim[] shape)
    {
        var extents = Shape.Of(shape).Evaluate(new Dictionary<string, long>());
        double bound = 1 / Math.Sqrt(Math.Max(1,
            extents.Length == 1 ? 4 : extents.Skip(extents.Length == 2 ? 0 : 1).Take(extents.Length - 1).Aggregate(1L, (a, b) => a * b)));
        var made = new Variable($"w{variables.Count}", Shape.Of(shape),
            Init.Values(Running.Random(random, DType, extents, -bound, bound)), DType);
        variables.Add(made);
        return made;
    }
}
