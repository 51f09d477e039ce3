using System.Collections.Immutable;

namespace Adjoint.Solvers;

/// <summary>A computation as a problem: its first input holds the unknowns, the others are data, bound once.</summary>
internal sealed class Problem
{
    private readonly Computation f;
    private readonly HostTensor[] data;

    /// <exception cref="ArgumentException">The unknowns are no float64 vector or tensor of known extents, there is not one float64 output,
    /// or data are missing or do not fit.</exception>
    public Problem(Computation f, ReadOnlySpan<HostTensor> data)
    {
        (this.f, this.data) = (f, data.ToArray());
        if (f.Inputs.IsEmpty || f.Outputs.Length != 1 || !f.Updates.IsEmpty)
            throw new ArgumentException($"computation '{f.Name}' has {f.Inputs.Length} inputs, {f.Outputs.Length} outputs and {f.Updates.Length} updates; " +
                "a problem has the unknowns as first input, one output, and updates nothing.");
        if (data.Length != f.Inputs.Length - 1)
            throw new ArgumentException($"computation '{f.Name}' takes {f.Inputs.Length - 1} inputs of data after the unknowns, got {data.Length}.");
        foreach (var node in new[] { Unknowns, Value })
            if (node.DType != DType.Float64)
                throw new ArgumentException($"{node} ({node.Apply.Origin}) is no float64: solvers work in double precision; convert it.");
        Demand(Unknowns.Shape.IsStatic, $"{Unknowns} ({Unknowns.Apply.Origin}) must have numbers as extents.");
        Count = (int)Unknowns.Shape.ElementCount.Constant;
        Symbols = Bind();
    }

    /// <summary>The input that is solved for.</summary>
    public Node Unknowns => f.Inputs[0];

    /// <summary>What is minimised, or whose squares are.</summary>
    public Node Value => f.Outputs[0].Value;

    /// <summary>How many unknowns.</summary>
    public int Count { get; }

    /// <summary>Numbers for the symbols, from the data.</summary>
    public (string, long)[] Symbols { get; }

    /// <summary>How many elements the value has.</summary>
    public long ValueCount => Value.Shape.ElementCount.Evaluate(Symbols.ToDictionary(s => s.Item1, s => s.Item2));

    /// <summary>The value at another point than the first input: a node of its shape.</summary>
    public Node At(Node x) => Apply.Of(new Operations.Call(f.Name, f), Value.Apply.Origin, [x, .. f.Inputs.Skip(1)]).Results[0];

    /// <summary>
    /// Compiles nodes over the unknowns, the data, and other
    /// inputs, which come first; opens a session with the data set.
    /// </summary>
    public Session Open(Node[] inputs, Output[] outputs, ParameterStore? store, CompileOptions options)
    {
        options = options with { Seldom = options.Seldom.Union(f.Inputs.Skip(1).Select(x => ((Operations.InputOp)x.Op).Key)) };
        var session = new Computation([.. inputs, .. f.Inputs.Skip(1)], outputs, name: f.Name).CompileSession(store, options, Symbols);
        for (int i = 0; i < data.Length; i++)
            data[i].DType.Visit(new Setter(session, inputs.Length + i, data[i]));
        return session;
    }

    /// <summary>Demands a point of the right size.</summary>
    /// <exception cref="ArgumentException">It has another size. Nothing is changed.</exception>
    public void DemandSize(ReadOnlySpan<double> x)
    {
        if (x.Length != Count)
            throw new ArgumentException($"the start has {x.Length} numbers, but {Unknowns} ({Unknowns.Apply.Origin}) holds {Count}.");
    }

    private (string, long)[] Bind()
    {
        HostTensor[] arguments = [HostTensor.Zeros(DType.Float64,
            Unknowns.Shape.Evaluate(ImmutableDictionary<string, long>.Empty)), .. data];
        return [.. Bindings.Solve(f, arguments).Select(s => (s.Key, s.Value))];
    }

    private static void Demand(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException(message);
    }

    private readonly struct Setter(Session session, int input, HostTensor values) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            session.Set<T>(input, values.Span<T>());
            return true;
        }
    }
}
