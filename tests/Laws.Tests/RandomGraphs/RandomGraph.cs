namespace Adjoint.Laws.RandomGraphs;

/// <summary>The graph of a recipe, and data for it.</summary>
internal sealed class RandomGraph
{
    private static readonly long[] Extents = [1, 2, 3, 5, 8, 17, 35];

    private const int LeafCount = 6;

    private readonly List<Node> values = [];

    public RandomGraph(Recipe recipe)
    {
        var random = new Random(recipe.Seed);
        var dtype = DType = random.Next(4) == 0 ? DType.Float32 : DType.Float64;
        long rows = random.Next(40) == 0 ? 0 : Extents[random.Next(Extents.Length)], columns = random.Next(40) == 0 ? 0 : Extents[random.Next(Extents.Length)];
        bool symbolic = random.Next(3) == 0;
        Width = Running.Widths[random.Next(Running.Widths.Length)];
        (Rows, Columns) = symbolic ? (Dim.Symbol("rows"), Dim.Symbol("columns")) : (Dim.Of(rows), Dim.Of(columns));
        var bindings = new Dictionary<string, long> { ["rows"] = rows, ["columns"] = columns };
        HasElements = rows * columns > 0;
        bool updates = !symbolic && random.Next(2) == 0;
        Node Leaf(string name, params ReadOnlySpan<Dim> shape) => updates
            ? new Variable(name, Shape.Create(shape), Init.Values(Running.Random(random, dtype, Shape.Create(shape).Evaluate(bindings))), dtype)
            : Input(name, dtype, Shape.Create(shape));
        values.AddRange([Leaf("other", Rows, Columns), Leaf("matrix", Rows, Columns), Leaf("row", Columns), Leaf("column", Rows, 1), Leaf("scalar"),
            Leaf("turned", Columns, Rows)]);
        Node[] leaves = [.. values], inputs = [.. values.Where(v => v is not Variable)];
        Arguments = [.. inputs.Select(i => Running.Random(random, dtype, i.Shape.Evaluate(bindings)))];
        var used = new HashSet<Node>(leaves);
        foreach (var step in recipe.Steps)
            if (Grammar.Rules[step.Op % Grammar.Rules.Length](this, step) is { Rank: < 5 } made && !values.Contains(made))
                values.Add(made);
        foreach (var apply in Topology(inputs, values))
            foreach (var x in apply.Inputs)
                used.Add(x);
        Node[] results = [.. values.Where(v => !used.Contains(v))];
        var changes = leaves.OfType<Variable>().Zip(leaves.OfType<Variable>().Select((v, i) => values.Where(x => x.Type == v.Type).Reverse().ElementAtOrDefault(i % 3)))
            .Where(u => u.Second is not null && u.First != u.Second).Select(u => new Update(u.First, u.Second!));
        Computation = Running.Of(inputs, random.Next(2) == 0 && updates ? [] : results.Length == 0 ? [leaves[0]] : results).WithUpdates(changes);
    }

    public DType DType { get; }

    public bool HasElements { get; }

    public Dim Rows { get; }

    public Dim Columns { get; }

    public Computation Computation { get; }

    public HostTensor[] Arguments { get; }

    public VectorWidth Width { get; }

    /// <summary>A value by its distance from the newest.</summary>
    public Node Pick(int back) => values[values.Count - 1 - back % values.Count];

    /// <summary>An argument or variable.</summary>
    public Node Leaf(int number) => values[number % LeafCount];

    private static IEnumerable<Apply> Topology(Node[] inputs, List<Node> roots) =>
        new Computation(inputs, [.. roots.Select(r => (Output)r)]).Applies;
}
