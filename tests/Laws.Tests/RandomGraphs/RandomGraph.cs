namespace Adjoint.Laws.RandomGraphs;

/// <summary>The graph of a recipe, and data for it.</summary>
internal sealed class RandomGraph
{
    private static readonly long[] Extents = [1, 2, 3, 5, 8, 17, 35];

    private readonly List<Node> values = [];

    public RandomGraph(Recipe recipe)
    {
        var random = new Random(recipe.Seed);
        var dtype = random.Next(4) == 0 ? DType.Float32 : DType.Float64;
        long rows = random.Next(40) == 0 ? 0 : Extents[random.Next(Extents.Length)], columns = random.Next(40) == 0 ? 0 : Extents[random.Next(Extents.Length)];
        bool symbolic = random.Next(3) == 0;
        Width = Running.Widths[random.Next(Running.Widths.Length)];
        (Rows, Columns) = symbolic ? (Dim.Symbol("rows"), Dim.Symbol("columns")) : (Dim.Of(rows), Dim.Of(columns));
        var bindings = new Dictionary<string, long> { ["rows"] = rows, ["columns"] = columns };
        Node[] inputs =
        [
            Input("matrix", dtype, [Rows, Columns]), Input("row", dtype, [Columns]), Input("column", dtype, [Rows, 1]),
            Input("scalar", dtype, []), Input("turned", dtype, [Columns, Rows]),
        ];
        values.AddRange(inputs);
        Arguments = [.. inputs.Select(i => Running.Random(random, dtype, i.Shape.Evaluate(bindings)))];
        var used = new HashSet<Node>(inputs);
        foreach (var step in recipe.Steps)
            if (Grammar.Rules[step.Op % Grammar.Rules.Length](this, step) is { } made && !values.Contains(made))
                values.Add(made);
        foreach (var apply in Topology(inputs, values))
            foreach (var x in apply.Inputs)
                used.Add(x);
        Node[] results = [.. values.Where(v => !used.Contains(v))];
        Computation = Running.Of(inputs, results.Length == 0 ? [inputs[0]] : results);
    }

    public Dim Rows { get; }

    public Dim Columns { get; }

    public Computation Computation { get; }

    public HostTensor[] Arguments { get; }

    public VectorWidth Width { get; }

    /// <summary>A value by its distance from the newest.</summary>
    public Node Pick(int back) => values[values.Count - 1 - back % values.Count];

    private static IEnumerable<Apply> Topology(Node[] inputs, List<Node> roots) =>
        new Computation(inputs, [.. roots.Select(r => (Output)r)]).Applies;
}
