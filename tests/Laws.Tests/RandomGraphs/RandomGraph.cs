namespace Adjoint.Laws.RandomGraphs;

/// <summary>The graph of a recipe, and data for it.</summary>
internal sealed class RandomGraph
{
    private static readonly long[] Extents = [1, 2, 3, 5, 8, 17, 35], FewExtents = [1, 2, 3, 4];

    private const int LeafCount = 6;

    private readonly List<Node> values = [];

    /// <param name="recipe">Of the graph and its data.</param>
    /// <param name="ofOneVector">
    /// Whether the graph is a function of one vector of float64 that holds all its leaves, few elements each, and gives one
    /// vector: what a delegate over two spans takes.
    /// </param>
    public RandomGraph(Recipe recipe, bool ofOneVector = false)
    {
        var random = new Random(recipe.Seed);
        var dtype = DType = random.Next(4) == 0 && !ofOneVector ? DType.Float32 : DType.Float64;
        long[] extents = ofOneVector ? FewExtents : Extents;
        long Extent() => random.Next(40) == 0 && !ofOneVector ? 0 : extents[random.Next(extents.Length)];
        long rows = Extent(), columns = Extent();
        bool symbolic = random.Next(3) == 0 && !ofOneVector;
        Width = Running.Widths[random.Next(Running.Widths.Length)];
        (Rows, Columns) = symbolic ? (Dim.Symbol("rows"), Dim.Symbol("columns")) : (Dim.Of(rows), Dim.Of(columns));
        var bindings = new Dictionary<string, long> { ["rows"] = rows, ["columns"] = columns };
        HasElements = rows * columns > 0;
        bool updates = !symbolic && !ofOneVector && random.Next(2) == 0;
        Node? vector = ofOneVector ? Input("x", dtype, [3 * rows * columns + rows + columns + 1]) : null;
        long used = 0;
        Node Leaf(string name, params ReadOnlySpan<Dim> extents)
        {
            var shape = Shape.Create(extents);
            return vector is not null ? Reshape(Slice(vector, 0, used, used += shape.ElementCount.Constant), shape)
                : updates ? new Variable(name, shape, Init.Values(Running.Random(random, dtype, shape.Evaluate(bindings))), dtype)
                : Input(name, dtype, shape);
        }
        values.AddRange([Leaf("other", Rows, Columns), Leaf("matrix", Rows, Columns), Leaf("row", Columns), Leaf("column", Rows, 1), Leaf("scalar"),
            Leaf("turned", Columns, Rows)]);
        Node[] leaves = [.. values], inputs = vector is null ? [.. values.Where(v => v is not Variable)] : [vector];
        Arguments = [.. inputs.Select(i => Running.Random(random, dtype, i.Shape.Evaluate(bindings)))];
        var read = new HashSet<Node>(leaves);
        foreach (var step in recipe.Steps)
            if (Grammar.Rules[step.Op % Grammar.Rules.Length](this, step) is { Rank: < 5 } made && !values.Contains(made))
                values.Add(made);
        foreach (var apply in Topology(inputs, values))
            foreach (var x in apply.Inputs)
                read.Add(x);
        Node[] results = [.. values.Where(v => !read.Contains(v))];
        var changes = leaves.OfType<Variable>().Zip(leaves.OfType<Variable>().Select((v, i) => values.Where(x => x.Type == v.Type).Reverse().ElementAtOrDefault(i % 3)))
            .Where(u => u.Second is not null && u.First != u.Second).Select(u => new Update(u.First, u.Second!));
        if (vector is not null)
            results = [Concat([.. results.Prepend(leaves[0]).Select(r => Reshape(r, [r.Shape.ElementCount]))], 0)];
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
