using System.Collections.Immutable;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>A program whose symbols are numbers: a runtime plan, and the shapes of results.</summary>
/// <param name="Plan">What runs.</param>
/// <param name="OutputShapes">Extents of each output.</param>
/// <param name="Lengths">Elements of each external: inputs, then outputs.</param>
/// <param name="Launched">Per step of the plan: the number of the program's step. Kernels over nothing are left out.</param>
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
    private ImmutableList<(long[] Key, BoundPlan Plan)> bound = [];

    public Binder(CompiledProgram program, ParameterStore store, int threads, ImmutableArray<bool> inlineExternals)
    {
        (this.program, this.store, this.threads, this.inlineExternals) = (program, store, threads, inlineExternals);
        parameters = [.. program.Variables.Select(Declare)];
        constants = [.. program.Places.Constants.Select(Pin)];
        Prepare();
        symbols = [.. program.Source.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Distinct().Order(StringComparer.Ordinal)];
        if (symbols.Length == 0)
            Static = Bind(new Dictionary<string, long>());
    }

    /// <summary>The only binding of a program without symbols.</summary>
    public BoundPlan? Static { get; }

    /// <summary>The plan for these symbols: a kept one or a new one.</summary>
    public BoundPlan For(IReadOnlyDictionary<string, long> bindings)
    {
        if (Static is not null)
            return Static;
        var key = Array.ConvertAll(symbols, s => bindings[s]);
        foreach (var (known, plan) in bound)
            if (known.AsSpan().SequenceEqual(key))
                return plan;
        var made = Bind(bindings);
        lock (sync)
            bound = bound.Count < Kept ? bound.Add((key, made)) : bound.RemoveAt(0).Add((key, made));
        return made;
    }

    private BoundPlan Bind(IReadOnlyDictionary<string, long> bindings)
    {
        var (placed, arenaBytes) = program.Arena.Layout(bindings);
        ArenaVerifier.Check(placed, arenaBytes);
        ImmutableArray<int> numbers = [.. Enumerable.Range(0, program.Steps.Length)
            .Where(i => program.Steps[i].Plan.Range.Evaluate(bindings) > 0)];
        ImmutableArray<ProgramStep> launched = [.. numbers.Select(i => program.Steps[i])];
        // Where the first of a wave computes nothing, the next one takes its part.
        ImmutableArray<Step> steps = [.. launched.Select((s, i) =>
            Bind(s, i > 0 && IsBeside(numbers[i - 1], numbers[i]), placed, bindings))];
        var plan = new Plan(steps, inlineExternals, arenaBytes, constants, parameters.IsEmpty ? null : store,
            parameters, Translate(launched))
        {
            Threads = threads, Observer = program.IsGuarded ? new NanGuard(launched, bindings) : null,
        };
        var f = program.Computation;
        return new(plan, [.. f.Outputs.Select(o => o.Value.Shape.Evaluate(bindings))],
            [.. f.Inputs.Concat(f.Outputs.Select(o => o.Value)).Select(n => n.Shape.ElementCount.Evaluate(bindings))], numbers, bindings);
    }

    private bool IsBeside(int before, int step) =>
        Enumerable.Range(before + 1, step - before).All(i => program.Steps[i].Beside);

    private Step Bind(ProgramStep step, bool beside, ArenaBuffer[] arena, IReadOnlyDictionary<string, long> bindings) => new(
        step.Plan.Name, step.Kernel, [.. step.Plan.Arguments.Select(a => Word(a, arena, bindings))], step.Plan.Range.Evaluate(bindings),
        step.Plan.Grain, step.Plan.Nanoseconds(step.Plan.Work.Evaluate(bindings)), step.Commits, beside);

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
            new Plan([.. program.Prepared.Select(s => Bind(s, beside: false, [], none))], [],
                constants: constants) { Threads = threads }.Run();
    }
}
