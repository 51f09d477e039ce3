using System.Collections.Concurrent;
using System.Diagnostics;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// What computations of one structure share on their way through the compiler: passes, then kernels, each run once and
/// when first asked for. Safe from many threads.
/// </summary>
/// <param name="source">The first computation of this structure.</param>
/// <param name="options">How it is compiled.</param>
internal sealed class CompiledStructure(Computation source, CompileOptions options)
{
    private readonly Lock sync = new();
    private readonly ConcurrentDictionary<Type, Delegate> delegates = new();
    private PipelineResult? passes;
    private (CompiledProgram Program, CompileReport Report)? loops, mixed;

    /// <summary>The first computation of this structure.</summary>
    public Computation Source => source;

    /// <summary>How it is compiled.</summary>
    public CompileOptions Options => options;

    /// <summary>What the passes make of it.</summary>
    public PipelineResult Optimise(CompileOptions by)
    {
        by.CancellationToken.ThrowIfCancellationRequested();
        lock (sync)
            return passes ??= Compiler.Optimise(source, by);
    }

    /// <summary>The program for a computation of this structure.</summary>
    /// <param name="f">The computation.</param>
    /// <param name="variables">Its variable for each one of the source.</param>
    /// <param name="by">Its options: what may stop the work.</param>
    /// <param name="mayUnroll">Whether small parts become straight-line code where that is faster.</param>
    public (CompiledProgram Program, CompileReport Report) Compile(
        Computation f, IReadOnlyDictionary<Variable, Variable> variables, CompileOptions by, bool mayUnroll = false)
    {
        by.CancellationToken.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        lock (sync)
        {
            ref var compiled = ref mayUnroll ? ref mixed : ref loops;
            bool again = compiled is not null;
            var (program, report) = compiled ??= Compiler.Run(source, by, passes ??= Compiler.Optimise(source, by), mayUnroll);
            return (program with { Source = f, Renamed = variables, Shared = this },
                again ? report.Again(Stopwatch.GetElapsedTime(start)) : report);
        }
    }

    /// <summary>
    /// A delegate that holds no memory, so that all may call the
    /// same one; null where <paramref name="build"/> gives none.
    /// </summary>
    public TDelegate? Delegate<TDelegate>(Func<TDelegate?> build) where TDelegate : Delegate
    {
        if (delegates.TryGetValue(typeof(TDelegate), out var known))
            return (TDelegate)known;
        return build() is { } built ? (TDelegate)delegates.GetOrAdd(typeof(TDelegate), built) : null;
    }
}
