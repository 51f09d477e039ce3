using System.Collections.Immutable;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>A program whose symbols are numbers: a runtime plan, and the shapes of results.</summary>
/// <param name="Plan">What runs.</param>
/// <param name="OutputShapes">Extents of each output.</param>
/// <param name="Lengths">Elements of each external: inputs, then outputs.</param>
/// <param name="Launched">Per step of the plan: the number of the program's step, or of the first of those that it
/// joins. Kernels over nothing are left out.</param>
/// <param name="Bindings">The numbers.</param>
internal sealed record BoundPlan(Plan Plan, ImmutableArray<long[]> OutputShapes, long[] Lengths,
    ImmutableArray<int> Launched, IReadOnlyDictionary<string, long> Bindings);

/// <summary>Binds programs: evaluates extents, lays out the arena, fills argument blocks. Keeps the last few bindings.</summary>
internal sealed class Binder
{
    private const int Kept = 16;

    private readonly CompiledProgram program;
    private readonly int threads;
    private readonly ParameterStore store;
    private readonly ImmutableArray<ParameterBuffer> parameters;
    private readonly ImmutableArray<NativeBuffer> constants;
    private readonly string[] symbols;
    private readonly ImmutableArray<bool> inlineExternals;
    private readonly Lock sync = new();
    private ImmutableList<(long[] Key, bool Joins, BoundPlan Plan)> bound = [];

    public Binder(CompiledProgram program, ParameterStore store, int threads, ImmutableArray<bool> inlineExternals)
    {
        (this.program, this.store, this.threads, this.inlineExternals) = (program, store, threads, inlineExternals);
        parameters = [.. program.Variables.Select(Declare)];
        constants = [.. program.Places.Constants.Select(Pin)];
        Prepare();
        symbols = [.. program.Source.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Distinct().Order(StringComparer.Ordinal)];
        if (symbols.Length == 0)
            Static = Bind(new Dictionary<string, long>(), joins: true);
    }

    /// <summary>The only binding of a program without symbols.</summary>
    public BoundPlan? Static { get; }

    /// <summary>The plan for these symbols: a kept one or a new one.</summary>
    /// <param name="bindings">The numbers.</param>
    /// <param name="joins">Whether kernels of one code share a launch where they can; else each is a step of its own.</param>
    public BoundPlan For(IReadOnlyDictionary<string, long> bindings, bool joins = true)
    {
        if (joins && Static is not null)
            return Static;
        var key = Array.ConvertAll(symbols, s => bindings[s]);
        foreach (var (known, joined, plan) in bound)
            if (joined == joins && known.AsSpan().SequenceEqual(key))
                return plan;
        var made = Bind(bindings, joins);
        lock (sync)
            bound = bound.Count < Kept ? bound.Add((key, joins, made)) : bound.RemoveAt(0).Add((key, joins, made));
        return made;
    }

    private BoundPlan Bind(IReadOnlyDictionary<string, long> bindings, bool joins)
    {
        var (placed, arenaBytes) = program.Arena.Layout(bindings);
        ArenaVerifier.Check(placed, arenaBytes);
        var launches = Launches(bindings, joins);
        ImmutableArray<int> numbers = [.. launches.Select(l => l[0])];
        ImmutableArray<ProgramStep> launched = [.. numbers.Select(i => program.Steps[i])];
        ImmutableArray<Step> steps = [.. launches.Select((l, i) => Bind(
            l.ConvertAll(s => program.Steps[s]), i > 0 && All(s => s.Beside, launches[i - 1][^1], l[0]), placed, bindings))];
        var plan = new Plan(steps, inlineExternals, arenaBytes, constants, parameters.IsEmpty ? null : store,
            parameters, Translate(launched))
        {
            Threads = threads, Observer = program.IsGuarded ? new NanGuard(launched, bindings) : null,
        };
        var f = program.Computation;
        return new(plan, [.. f.Outputs.Select(o => o.Value.Shape.Evaluate(bindings))],
            [.. f.Inputs.Concat(f.Outputs.Select(o => o.Value)).Select(n => n.Shape.ElementCount.Evaluate(bindings))], numbers, bindings);
    }

    // The program's steps that compute something, by launch. Where the first of a wave or a table does not, the next one takes its part.
    private List<List<int>> Launches(IReadOnlyDictionary<string, long> bindings, bool joins)
    {
        var launches = new List<List<int>>();
        for (int i = 0; i < program.Steps.Length; i++)
            if (program.Steps[i].Plan.Range.Evaluate(bindings) > 0)
                if (joins && launches.Count > 0 && All(s => s.Joined, launches[^1][^1], i))
                    launches[^1].Add(i);
                else
                    launches.Add([i]);
        return launches;
    }

    private bool All(Predicate<ProgramStep> isSo, int before, int step) =>
        Enumerable.Range(before + 1, step - before).All(i => isSo(program.Steps[i]));

    private Step Bind(List<ProgramStep> steps, bool beside, ArenaBuffer[] arena, IReadOnlyDictionary<string, long> bindings)
    {
        var (first, commits) = (steps[0].Plan, steps[0].Commits);
        double cost = KernelPlan.Nanoseconds(steps.Select(s => (s.Plan, s.Plan.Work.Evaluate(bindings))));
        var entries = steps.ConvertAll(s => (Words: s.Plan.Arguments.Select(a => Word(a, arena, bindings)).ToImmutableArray(),
            s.Plan.Grain, Range: s.Plan.Range.Evaluate(bindings)));
        return first.IsTable
            ? new(first.Name, steps[0].Kernel, LaunchTable.Block(entries, out long pieces), pieces, 1, cost, commits, beside)
            : new(first.Name, steps[0].Kernel, entries[0].Words, entries[0].Range, first.Grain, cost, commits, beside);
    }

    private ArgWord Word(Argument argument, ArenaBuffer[] arena, IReadOnlyDictionary<string, long> bindings)
    {
        if (argument is NumberArgument number)
            return ArgWord.Literal(number.Value.Evaluate(bindings));
        var (buffer, at) = (((MemoryArgument)argument).Buffer, ((MemoryArgument)argument).ByteOffset);
        // the last element of none is nowhere
        long offset = MemoryPlaces.BytesOf(buffer).Evaluate(bindings) == 0 ? 0 : at.Evaluate(bindings);
        return program.Places[buffer] switch
        {
            { Kind: PlaceKind.External, Index: var i } => ArgWord.External(i, offset),
            { Kind: PlaceKind.Parameter, Index: var i } => ArgWord.Parameter(i, offset),
            { Kind: PlaceKind.Constant, Index: var i } => ArgWord.Constant(i, offset),
            { Index: var i } => ArgWord.Arena(arena[i].Offset + offset),
        };
    }

    private static Func<int, int, Exception> Translate(ImmutableArray<ProgramStep> steps) =>
        (step, code) => new ComputationException(steps[step].Plan.Errors[code - 1]);

    private ParameterBuffer Declare(Variable variable) => store.GetOrAdd(variable.Name, variable.DType.ClrType,
        variable.Shape.Evaluate(new Dictionary<string, long>()), bytes => variable.Initial.Fill(variable.Type, bytes));

    private static NativeBuffer Pin(object constant)
    {
        var buffer = new NativeBuffer(MemoryPlaces.BytesOf(constant).Constant);
        if (constant is Node { Op: Operations.Constant { Values: var values } })
            values.Bytes.CopyTo(buffer.AsSpan<byte>());
        return buffer;
    }

    private void Prepare()
    {
        var none = new Dictionary<string, long>();
        if (!program.Prepared.IsEmpty)
            new Plan([.. program.Prepared.Select(s => Bind([s], beside: false, [], none))], [],
                constants: constants) { Threads = threads }.Run();
    }
}
