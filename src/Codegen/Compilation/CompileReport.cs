using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Adjoint.Codegen;
using Adjoint.Passes;

namespace Adjoint;

/// <summary>What one kernel of an executable does.</summary>
/// <param name="Name">Its name in stack traces.</param>
/// <param name="Nodes">Nodes that it computes.</param>
/// <param name="Work">Elements or multiply-adds of one call.</param>
/// <param name="Flops">Arithmetic operations of one call, mathematical functions counted as one each.</param>
/// <param name="Bytes">Bytes that it has to read and write.</param>
/// <param name="Origins">The user's lines.</param>
/// <param name="Commits">Whether it writes variables in place.</param>
/// <param name="Beside">Whether it may run at the same time as the kernel before it.</param>
/// <param name="Joined">Whether it shares the launch of the kernel before it, whose code is its own.</param>
public sealed record KernelReport(
    string Name, int Nodes, Dim Work, Dim Flops, Dim Bytes, string Origins, bool Commits, bool Beside, bool Joined);

/// <summary>How a computation was compiled: passes, kernels, memory, and where the time went.</summary>
public sealed class CompileReport
{
    private readonly Lazy<ImmutableArray<KernelReport>> kernels;
    private readonly Lazy<string> peak;
    private readonly Func<IReadOnlyDictionary<string, long>, MemoryReport> memory;

    internal CompileReport(PipelineResult pipeline, FusedComputation fused, CompiledProgram program, VectorWidth width, int compiled,
        StageClock clock)
    {
        (Pipeline, Fused, NewKernels, Stages, LeftOut) = (pipeline, fused, compiled, clock.Times, clock.LeftOut);
        kernels = new(() => [.. program.Steps.Select(Describe)]);
        PreparedBytes = program.Places.Constants.OfType<Temporary>().Sum(t => t.Bytes.Constant);
        peak = new(() => PeakMemory.Of(program));
        memory = bindings => MemoryReport.Of(program, width, bindings);
    }

    private CompileReport(CompileReport first, TimeSpan time)
    {
        (Pipeline, Fused, kernels, peak, memory) = (first.Pipeline, first.Fused, first.kernels, first.peak, first.memory);
        PreparedBytes = first.PreparedBytes;
        (IsReused, Stages, LeftOut) = (true, [("look-up", time)], first.LeftOut);
    }

    /// <summary>What each pass did, and the graph after the named stages.</summary>
    public PipelineResult Pipeline { get; }

    /// <summary>The groups that became kernels.</summary>
    public FusedComputation Fused { get; }

    // Written when first read: lines are looked up in symbol files.

    /// <summary>Kernels in the order in which a call runs them.</summary>
    public ImmutableArray<KernelReport> Kernels => kernels.Value;

    /// <summary>How many launches a call takes: kernels of one code that do not wait for each other share one.</summary>
    public int Launches => Kernels.Count(k => !k.Joined);

    /// <summary>How many kernels were compiled anew; the others came from the cache.</summary>
    public int NewKernels { get; }

    /// <summary>
    /// Bytes that an executable holds beside its constants: copies
    /// of them, made once, in the order in which products read them.
    /// </summary>
    public long PreparedBytes { get; }

    /// <summary>Bytes alive at the most crowded step of a call, as a formula in the symbols. The arena may round up.</summary>
    /// <remarks>Not counted: what each thread keeps for itself, <see cref="MemoryReport.ThreadBytes"/>.</remarks>
    public string Peak => peak.Value;

    /// <summary>The bytes that a call takes from the arena, beside the least that any layout of its steps takes, and what each thread keeps.</summary>
    /// <param name="bindings">Numbers for the symbols; none are needed where all extents are numbers.</param>
    /// <exception cref="InvalidOperationException">A symbol is not bound.</exception>
    public MemoryReport Memory(IReadOnlyDictionary<string, long>? bindings = null) => memory(bindings ?? new Dictionary<string, long>());

    /// <summary>
    /// Whether a computation of equal structure had been compiled before:
    /// passes and kernels are that one's, with the times it took.
    /// </summary>
    public bool IsReused { get; }

    /// <summary>Wall-clock time per stage of the compiler.</summary>
    public ImmutableArray<(string Stage, TimeSpan Time)> Stages { get; }

    /// <summary>What <see cref="CompileOptions.Budget"/> left no time for.</summary>
    public ImmutableArray<string> LeftOut { get; }

    /// <summary>Wall-clock time of the whole compilation.</summary>
    public TimeSpan Total => Stages.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Time);

    /// <summary>Passes, kernels, memory and times as a table.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("pass              nodes before -> after       time\n");
        foreach (var pass in Pipeline.Passes)
            text.AppendLine(pass.ToString());
        text.Append("\nkernel                                   nodes             flops             bytes  lines\n");
        foreach (var k in Kernels)
            text.Append(CultureInfo.InvariantCulture,
                $"{(k.Commits ? '!' : ' ')}{(k.Joined ? '+' : k.Beside ? '|' : ' ')}{k.Name,-38} {k.Nodes,5} {k.Flops,17} {k.Bytes,17}  {k.Origins}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"\n{Kernels.Length} kernels in {Launches} launches, {NewKernels} compiled now; peak memory {Peak} bytes{Arena()}\n");
        text.Append(IsReused ? "compiled before, for a computation of equal structure: " : "compile ")
            .AppendJoin(", ", Stages.Select(s =>
                string.Create(CultureInfo.InvariantCulture, $"{s.Stage} {s.Time.TotalMilliseconds:0.0} ms")))
            .Append(CultureInfo.InvariantCulture, $"; {Total.TotalMilliseconds:0.0} ms in all\n");
        if (PreparedBytes > 0)
            text.Append(CultureInfo.InvariantCulture, $"constants packed once: {PreparedBytes} bytes\n");
        if (!LeftOut.IsEmpty)
            text.Append("no time left for: ").AppendJoin(", ", LeftOut).Append('\n');
        return text.ToString();
    }

    private string Arena() => Fused.Computation.Nodes.All(n => n.Shape.IsStatic) ? $"; {Memory()}" : "";

    /// <summary>The report of another computation of this structure, found in <paramref name="time"/>.</summary>
    internal CompileReport Again(TimeSpan time) => new(this, time);

    private static KernelReport Describe(ProgramStep step)
    {
        var touched = step.Touches.Distinct().Aggregate(Dim.Zero, (sum, buffer) => sum + MemoryPlaces.BytesOf(buffer));
        int perElement = Math.Max(1, step.Group.Nodes.Count(n => n.Op is Operations.Elementwise or Operations.Reduction));
        var flops = step.Plan.Work * (step.Group.Kind == GroupKind.Contraction ? 2 : perElement);
        var origins = step.Group.Nodes.SelectMany(n => n.Apply.Origin.Lines.Take(2)).Distinct().Take(3);
        return new(step.Plan.Name, step.Group.Nodes.Count(), step.Plan.Work, flops, touched, string.Join(", ", origins),
            step.Commits, step.Beside, step.Joined);
    }
}
