using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>A result of a computation and its name.</summary>
/// <param name="Name">Unique among the outputs; null for <c>output0</c>, <c>output1</c>, ...</param>
/// <param name="Value">The node.</param>
public readonly record struct Output(string? Name, Node Value)
{
    /// <summary>An output without a name of its own.</summary>
    public static implicit operator Output(Node value) => new(null, value);

    /// <summary>A named output.</summary>
    public static implicit operator Output((string Name, Node Value) named) => new(named.Name, named.Value);
}

/// <summary>A graph with ordered inputs and outputs, and updates of variables: what passes map to each other and what compiles.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <example><code>
/// Node x = Input("x", DType.Float64, []);
/// var square = new Computation([x], [x * x]);
/// </code></example>
public sealed class Computation
{
    /// <summary>Wraps a graph.</summary>
    /// <param name="inputs">Nodes made by <see cref="Ops.Input"/>, in the order of a call's arguments.</param>
    /// <param name="outputs">Results, in the order that a call returns them.</param>
    /// <param name="updates">New values of variables.</param>
    /// <param name="name">Shown in DOT and reports.</param>
    /// <exception cref="GraphException">An input is no input node, is listed
    /// twice or is missing; names clash; a variable is updated twice.</exception>
    public Computation(ReadOnlySpan<Node> inputs, ReadOnlySpan<Output> outputs, IEnumerable<Update>? updates = null,
        string name = "computation") : this(inputs, outputs, updates, name, capacity: 0) { }

    /// <summary>Wraps a graph of about so many applications.</summary>
    internal Computation(ReadOnlySpan<Node> inputs, ReadOnlySpan<Output> outputs, IEnumerable<Update>? updates, string name, int capacity)
    {
        (Inputs, Updates, Name) = ([.. inputs], [.. updates ?? []], name);
        Outputs = [.. outputs.ToArray().Select((o, i) => o with { Name = o.Name ?? $"output{i}" })];
        Applies = Topology.Sort([.. Outputs.Select(o => o.Value), .. Updates.Select(u => u.Value)], capacity);
        Check();
        Variables = [.. Applies.Select(a => a.Op).OfType<VariableRead>().Select(r => r.Variable)
            .Concat(Updates.Select(u => u.Variable)).Distinct()];
        if (Variables.GroupBy(v => v.Name).FirstOrDefault(g => g.Count() > 1) is { } clash)
            throw new GraphException($"two variables are called '{clash.Key}' ({string.Join(" and ", clash.Select(v => v.Apply.Origin))}); rename one.");
    }

    /// <summary>Shown in DOT and reports.</summary>
    public string Name { get; }

    /// <summary>Arguments of a call, in order.</summary>
    public ImmutableArray<Node> Inputs { get; }

    /// <summary>Results of a call, in order, each with a name.</summary>
    public ImmutableArray<Output> Outputs { get; }

    /// <summary>New values of variables, all computed from old values and written last.</summary>
    public ImmutableArray<Update> Updates { get; }

    /// <summary>Every variable read or written, each once.</summary>
    public ImmutableArray<Variable> Variables { get; }

    /// <summary>Every application that an output or update needs, operands before uses.</summary>
    public ImmutableArray<Apply> Applies { get; }

    /// <summary>Every node, operands before uses.</summary>
    public IEnumerable<Node> Nodes => Applies.SelectMany(a => a.Results);

    /// <summary>What outputs and updates want: the roots of the graph.</summary>
    public IEnumerable<Node> Roots => Outputs.Select(o => o.Value).Concat(Updates.Select(u => u.Value));

    /// <summary>Who uses a node, as result of which application and at which operand. Built once, on first use.</summary>
    public IEnumerable<(Node Target, int InputIndex)> Successors(Node node) =>
        (uses ??= Topology.Uses(Applies)).TryGetValue(node, out var found) ? found : [];

    private Dictionary<Node, List<(Node, int)>>? uses;

    /// <summary>What symbols must satisfy, of all applications. Collected once, on first use: every call asks.</summary>
    internal IReadOnlyList<Requirement> Requirements => requirements ??= [.. Applies.SelectMany(a => a.Requirements)];

    private Requirement[]? requirements;

    /// <summary>
    /// Whether an op of a type or family stands here, or in a body that some op owns. Types are collected once, on first use: passes ask.
    /// </summary>
    internal bool Has<TOp>() where TOp : Op
    {
        foreach (var type in OpTypes)
            if (type.IsAssignableTo(typeof(TOp)))
                return true;
        return false;
    }

    private HashSet<Type> OpTypes
    {
        get
        {
            if (opTypes is not null)
                return opTypes;
            var found = new HashSet<Type>();
            foreach (var apply in Applies)
            {
                found.Add(apply.Op.GetType());
                foreach (var body in apply.Op.Bodies)
                    found.UnionWith(body.OpTypes);
            }
            return opTypes = found;
        }
    }

    private HashSet<Type>? opTypes;

    /// <summary>The same computation with variables updated by each call.</summary>
    /// <exception cref="GraphException">A variable is updated twice, or its new value is of another type.</exception>
    public Computation WithUpdates(IEnumerable<Update> updates) =>
        new(Inputs.AsSpan(), Outputs.AsSpan(), [.. Updates, .. updates], Name);

    /// <summary>The same computation under another name.</summary>
    public Computation Named(string name) => new(Inputs.AsSpan(), Outputs.AsSpan(), Updates, name);

    private void Check()
    {
        var listed = new HashSet<Node>();
        foreach (var input in Inputs)
        {
            if (input.Op is not InputOp)
                throw new GraphException($"{input} ({input.Apply.Origin}) is listed as an input but is not one; make inputs with Input(name, dtype, shape).");
            if (!listed.Add(input))
                throw new GraphException($"{input} ({input.Apply.Origin}) is listed twice as an input.");
        }
        Unique(Inputs.Select(i => ((InputOp)i.Op).Key), "inputs");
        Unique(Outputs.Select(o => o.Name!), "outputs");
        foreach (var apply in Applies)
            if (apply.Op is InputOp && !listed.Contains(apply.Results[0]))
                throw new GraphException($"{apply.Results[0]} ({apply.Origin}) is used but not listed; add it to the inputs of computation '{Name}'.");
        foreach (var group in Updates.GroupBy(u => u.Variable).Where(g => g.Count() > 1))
            throw new GraphException($"variable '{group.Key.Name}' is updated twice; add the two changes into one.");
        foreach (var u in Updates.Where(u => u.Variable.Type != u.Value.Type))
            throw new GraphException($"variable '{u.Variable.Name}' is {u.Variable.Type}, its update at {u.Value.Apply.Origin} is {u.Value.Type}.");
    }

    private void Unique(IEnumerable<string> names, string what)
    {
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } clash)
            throw new GraphException($"two {what} of computation '{Name}' are called '{clash.Key}'; rename one.");
    }
}
