using System.Collections.Immutable;
using Adjoint.Codegen;
using Adjoint.Runtime;

namespace Adjoint;

/// <summary>A compiled computation. Immutable; calls from many threads at once are safe.</summary>
/// <remarks>Calls that update variables exclude each other; others see a store before or after an update, never in between.</remarks>
public sealed class Executable
{
    private readonly Binder binder;
    private readonly CompiledProgram program;
    private readonly CompileOptions options;
    private readonly SpanCalls spans;

    internal Executable(CompiledProgram program, CompileReport report, ParameterStore store, CompileOptions options)
    {
        (this.program, Report, Store, this.options) = (program, report, store, options);
        spans = new(this);
        binder = new(program, store, options.Threads,
            [.. new bool[program.Computation.Inputs.Length + program.Computation.Outputs.Length]]);
    }

    /// <summary>The computation as the user built it.</summary>
    public Computation Source => program.Source;

    /// <summary>How it was compiled.</summary>
    public CompileReport Report { get; }

    /// <summary>Where its variables live.</summary>
    public ParameterStore Store { get; }

    internal CompiledProgram Program => program;

    /// <summary>
    /// Forgets the kernels that the process keeps for computations of equal structure. Executables are not affected;
    /// the next compilation of a structure seen before takes its full time again.
    /// </summary>
    public static void ClearKernelCache()
    {
        ProgramCache.Clear();
        KernelCache.Clear();
    }

    /// <summary>Runs the computation and returns arrays of its own.</summary>
    /// <param name="arguments">A value per input: arrays of any rank, numbers, host
    /// tensors. A flat array stands for any shape of as many elements.</param>
    /// <exception cref="ArgumentException">Number, dtype or shape does not fit, or symbols conflict. Nothing has run.</exception>
    /// <exception cref="ComputationException">An index in the data lies outside its axis. Variables are unchanged.</exception>
    public Results Run(params ReadOnlySpan<HostTensor> arguments) => RunObserved(arguments, null, out _);

    /// <summary>Calls through the profile are timed kernel by kernel.</summary>
    /// <example><code>
    /// Profile profile = step.Profile();
    /// for (int i = 0; i &lt; 100; i++) profile.Run(images, labels);
    /// Console.WriteLine(profile);
    /// </code></example>
    public Profile Profile() => new(this);

    internal Results RunObserved(ReadOnlySpan<HostTensor> arguments, IStepObserver? observer, out BoundPlan plan)
    {
        var fitted = ArgumentShapes.Fit(program.Source, arguments);
        plan = binder.For(Bindings.Solve(program.Source, fitted), joins: observer is null);
        var results = new HostTensor[plan.OutputShapes.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = HostTensor.Zeros(program.Computation.Outputs[i].Value.DType, plan.OutputShapes[i]);
        PinnedCall.Run(plan.Plan, [.. fitted, .. results], observer);
        return new(program.Source, [.. results]);
    }

    /// <summary>The same compiled code with memory of its own, where a run does only what changed inputs reach.</summary>
    /// <param name="symbols">Numbers for the symbols in the shapes of inputs.</param>
    /// <exception cref="ArgumentException">A symbol has no number.</exception>
    /// <exception cref="InvalidOperationException">The computation updates variables.</exception>
    public Session Open(params ReadOnlySpan<(string Symbol, long Extent)> symbols)
    {
        var known = new Dictionary<string, long>();
        foreach (var (symbol, extent) in symbols)
            known[symbol] = extent;
        foreach (string symbol in program.Source.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Distinct())
            if (!known.ContainsKey(symbol))
                throw new ArgumentException($"symbol '{symbol}' of computation '{program.Source.Name}' has no number; give it, e.g. Open((\"{symbol}\", 100)).");
        var bindings = Bindings.Solve(program.Source, (input, axis) => program.Source.Inputs[input].Shape[axis].Evaluate(known), known);
        return new(program, Report, Store, options, bindings);
    }

    /// <summary>The same compiled code as a delegate for hot loops; see <see cref="Compilation"/>.</summary>
    /// <exception cref="ArgumentException">The delegate type does not fit; the message shows one that does.</exception>
    public TDelegate As<TDelegate>() where TDelegate : Delegate => TypedDelegate.Build<TDelegate>(program, Store, options);

    /// <summary>Runs a computation of one input and one output on spans, without copies. Scalars are spans of one element.</summary>
    /// <exception cref="ArgumentException">Numbers of inputs and outputs, dtypes
    /// or lengths do not fit, or the spans overlap. Nothing has run.</exception>
    /// <exception cref="ComputationException">The data does not fit an op. Variables are unchanged.</exception>
    public void RunSpans<T0, TResult>(ReadOnlySpan<T0> x0, Span<TResult> result) where T0 : unmanaged where TResult : unmanaged =>
        spans.Of<SpanCalls.One<T0, TResult>>()(x0, result);

    /// <summary>As <see cref="RunSpans{T0, TResult}(ReadOnlySpan{T0}, Span{TResult})"/>, with two inputs.</summary>
    public void RunSpans<T0, T1, TResult>(ReadOnlySpan<T0> x0, ReadOnlySpan<T1> x1, Span<TResult> result)
        where T0 : unmanaged where T1 : unmanaged where TResult : unmanaged =>
        spans.Of<SpanCalls.Two<T0, T1, TResult>>()(x0, x1, result);

    /// <summary>As <see cref="RunSpans{T0, TResult}(ReadOnlySpan{T0}, Span{TResult})"/>, with three inputs.</summary>
    public void RunSpans<T0, T1, T2, TResult>(ReadOnlySpan<T0> x0, ReadOnlySpan<T1> x1, ReadOnlySpan<T2> x2, Span<TResult> result)
        where T0 : unmanaged where T1 : unmanaged where T2 : unmanaged where TResult : unmanaged =>
        spans.Of<SpanCalls.Three<T0, T1, T2, TResult>>()(x0, x1, x2, result);

    /// <summary>Runs the computation into memory of the caller, without allocating results.</summary>
    /// <param name="arguments">A value per input.</param>
    /// <param name="results">A tensor per output, of its dtype and number of
    /// elements; must not share memory with each other or with arguments.</param>
    /// <exception cref="ArgumentException">Something does not fit, or memory is shared. Nothing has run.</exception>
    public void RunInto(ReadOnlySpan<HostTensor> arguments, ReadOnlySpan<HostTensor> results)
    {
        var fitted = ArgumentShapes.Fit(program.Source, arguments);
        var plan = binder.For(Bindings.Solve(program.Source, fitted));
        ArgumentShapes.CheckResults(program.Source, plan, fitted, results);
        PinnedCall.Run(plan.Plan, [.. fitted, .. results]);
    }
}

/// <summary>What a call returned: tensors by position or name.</summary>
public sealed class Results
{
    private readonly Computation computation;
    private readonly ImmutableArray<HostTensor> tensors;

    internal Results(Computation computation, ImmutableArray<HostTensor> tensors) =>
        (this.computation, this.tensors) = (computation, tensors);

    /// <summary>Number of outputs.</summary>
    public int Count => tensors.Length;

    /// <summary>An output by position.</summary>
    public HostTensor this[int output] => tensors[output];

    /// <summary>An output by name.</summary>
    /// <exception cref="KeyNotFoundException">No output has that name.</exception>
    public HostTensor this[string name]
    {
        get
        {
            for (int i = 0; i < tensors.Length; i++)
                if (computation.Outputs[i].Name == name)
                    return tensors[i];
            throw new KeyNotFoundException($"no output is called '{name}'; there are {string.Join(", ", computation.Outputs.Select(o => o.Name))}.");
        }
    }

    /// <summary>The only element of the only output.</summary>
    /// <exception cref="InvalidOperationException">There are several outputs or elements, or they are of another type.</exception>
    public T Scalar<T>() where T : unmanaged => tensors is [var only] ? only.Scalar<T>()
        : throw new InvalidOperationException($"there are {tensors.Length} outputs; ask for one by position or name.");
}
