using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Adjoint.Codegen;
using Adjoint.Runtime;

namespace Adjoint;

/// <summary>
/// A compiled computation with memory of its own for inputs, outputs and everything between: after some inputs have been set, a run does
/// only what they reach. Bits are those of a full run, and steady use allocates nothing.
/// </summary>
/// <remarks>
/// For one thread at a time. What only inputs that never change lead to is computed once: constants of a batch, data of a fit. Kernels are
/// the unit: a part that is fused with another runs with it. Variables may change between runs, so what reads them always runs.
/// </remarks>
/// <example><code>
/// Session s = risk.Open();
/// s.Set("positions", positions);
/// s.Set("rate", 0.03);
/// s.Run();                       // everything
/// s.Set("rate", 0.031);
/// int kernels = s.Run();         // what the rate reaches
/// double value = s.Scalar&lt;double&gt;("value");
/// </code></example>
[SuppressMessage("Design", "CA1001", Justification = "Buffers free themselves, as plans do.")]
public sealed class Session
{
    private readonly Computation f;
    private readonly NativeBuffer[] externals;
    private readonly bool[][] reach;
    private readonly bool[] always;
    private readonly bool[] pending;
    private readonly bool[] given;
    private readonly KeptMemory memory;

    internal Session(
        CompiledProgram program, CompileReport report, ParameterStore store, CompileOptions options,
        IReadOnlyDictionary<string, long> symbols)
    {
        (f, Report) = (program.Source, report);
        if (!f.Updates.IsEmpty)
            throw new InvalidOperationException($"computation '{f.Name}' updates variables, so no run is like another; call Run, or leave out the updates.");
        // Everything lives all the time: nothing takes another's place.
        var kept = new ArenaPlan([.. program.Lifetimes.Select(_ => new Lifetime(0, program.Steps.Length))], program.Places);
        var binder = new Binder(program with { Arena = kept }, store, options.Threads, [.. new bool[f.Inputs.Length + f.Outputs.Length]]);
        var plan = binder.For(symbols, joins: false);
        externals = [.. plan.Lengths.Select((n, i) => new NativeBuffer(n * TypeOf(i).Size))];
        memory = plan.Plan.Keep(Array.ConvertAll(externals, e => e.Address));
        var launches = new Reach(program, plan.Launched);
        reach = [.. f.Inputs.Select((_, i) => launches.OfInput(i))];
        always = launches.OfVariables();
        pending = new bool[plan.Launched.Length];
        Array.Fill(pending, true);
        given = new bool[f.Inputs.Length];
    }

    /// <summary>How it was compiled.</summary>
    public CompileReport Report { get; }

    /// <summary>How many kernels a full run has.</summary>
    public int Kernels => pending.Length;

    /// <summary>Sets an input. The next run does what it reaches; nothing if the bits are those that it had.</summary>
    /// <param name="input">Its position.</param>
    /// <param name="values">Its elements, row-major.</param>
    /// <exception cref="ArgumentException">Elements are of another type or number. Nothing is changed.</exception>
    public void Set<T>(int input, ReadOnlySpan<T> values) where T : unmanaged
    {
        var to = Elements<T>(input);
        if (to.Length != values.Length)
            throw new ArgumentException($"{f.Inputs[input]} ({f.Inputs[input].Apply.Origin}) takes {to.Length} elements here, got {values.Length}.");
        if (given[input] && MemoryMarshal.AsBytes(to).SequenceEqual(MemoryMarshal.AsBytes(values)))
            return;
        values.CopyTo(to);
        given[input] = true;
        var reached = reach[input];
        for (int i = 0; i < reached.Length; i++)
            pending[i] |= reached[i];
    }

    /// <inheritdoc cref="Set{T}(int, ReadOnlySpan{T})"/>
    /// <param name="input">Its name.</param>
    /// <param name="values">Its elements, row-major.</param>
    public void Set<T>(string input, ReadOnlySpan<T> values) where T : unmanaged => Set(InputOf(input), values);

    /// <summary>Sets a scalar input.</summary>
    /// <exception cref="ArgumentException">There is no such input, or it is no scalar of that type.</exception>
    public void Set<T>(string input, T value) where T : unmanaged => Set<T>(InputOf(input), new ReadOnlySpan<T>(in value));

    /// <summary>Runs the kernels that inputs set since the last run reach; the first time, all.</summary>
    /// <returns>How many kernels ran.</returns>
    /// <exception cref="InvalidOperationException">An input has not been set.</exception>
    /// <exception cref="ComputationException">The data does not fit an op. What did not run will run next time.</exception>
    public int Run()
    {
        if (Array.IndexOf(given, false) is >= 0 and var missing)
            throw new InvalidOperationException($"{f.Inputs[missing]} ({f.Inputs[missing].Apply.Origin}) has not been set.");
        int count = 0;
        for (int i = 0; i < pending.Length; i++)
            if (pending[i] |= always[i])
                count++;
        if (count > 0)
            memory.Run(pending);
        return count;
    }

    /// <summary>The elements of an output as of the last run, row-major. They change with the next one.</summary>
    /// <param name="output">Its position.</param>
    /// <exception cref="ArgumentException">Elements are of another type.</exception>
    public ReadOnlySpan<T> Get<T>(int output) where T : unmanaged => Elements<T>(f.Inputs.Length + output);

    /// <inheritdoc cref="Get{T}(int)"/>
    /// <param name="output">Its name.</param>
    public ReadOnlySpan<T> Get<T>(string output) where T : unmanaged => Get<T>(OutputOf(output));

    /// <summary>The only element of an output as of the last run.</summary>
    /// <exception cref="ArgumentException">There is no such output, it has another type or several elements.</exception>
    public T Scalar<T>(string output) where T : unmanaged => Get<T>(output) is [var only] ? only
        : throw new ArgumentException($"output '{output}' is {f.Outputs[OutputOf(output)].Value.Type}, no scalar.");

    private DType TypeOf(int external) =>
        external < f.Inputs.Length ? f.Inputs[external].DType : f.Outputs[external - f.Inputs.Length].Value.DType;

    private Span<T> Elements<T>(int external) where T : unmanaged => TypeOf(external).ClrType == typeof(T) ? externals[external].AsSpan<T>()
        : throw new ArgumentException($"{(external < f.Inputs.Length ? f.Inputs[external] : f.Outputs[external - f.Inputs.Length].Value)} holds {TypeOf(external)}, not {typeof(T).Name}.");

    private int InputOf(string name)
    {
        for (int i = 0; i < f.Inputs.Length; i++)
            if (((Operations.InputOp)f.Inputs[i].Op).Key == name)
                return i;
        throw new ArgumentException($"no input is called '{name}'; there are {string.Join(", ", f.Inputs.Select(i => ((Operations.InputOp)i.Op).Key))}.");
    }

    private int OutputOf(string name)
    {
        for (int i = 0; i < f.Outputs.Length; i++)
            if (f.Outputs[i].Name == name)
                return i;
        throw new ArgumentException($"no output is called '{name}'; there are {string.Join(", ", f.Outputs.Select(o => o.Name))}.");
    }
}
