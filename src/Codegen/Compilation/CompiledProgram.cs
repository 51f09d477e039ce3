using System.Collections.Immutable;
using Adjoint.Passes;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>One launch of a kernel, its extents still symbols.</summary>
/// <param name="Plan">What the kernel is.</param>
/// <param name="Group">The nodes that it computes.</param>
/// <param name="Commits">It writes variables in place, after everything else has succeeded.</param>
internal record Launch(KernelPlan Plan, FusionGroup Group, bool Commits)
{
    /// <summary>It may run at the same time as the launch before it, and those that that one runs beside.</summary>
    public bool Beside { get; init; }

    /// <summary>It is one more entry of the <see cref="LaunchTable"/> that the launch before it is in, so that they are one launch.</summary>
    public bool Joined { get; init; }

    /// <summary>The memory that it touches.</summary>
    public IEnumerable<object> Touches => Plan.Arguments.OfType<MemoryArgument>().Select(m => m.Buffer);
}

/// <summary>A launch with its code.</summary>
/// <inheritdoc cref="Launch"/>
internal sealed record ProgramStep(KernelPlan Plan, Kernel Kernel, FusionGroup Group, bool Commits) : Launch(Plan, Group, Commits);

/// <summary>A compiled computation before its symbols are bound: steps in order, and where every tensor lives.</summary>
/// <param name="Computation">The optimised graph, each output and update a value of its own.</param>
/// <param name="Source">The user's graph: its inputs, and the requirements on its symbols.</param>
/// <param name="Steps">Launches in order; commit steps last.</param>
/// <param name="Places">Where each node's memory is.</param>
/// <param name="Arena">The arena: when each of its buffers holds values, and where.</param>
internal sealed record CompiledProgram(
    Computation Computation, Computation Source, ImmutableArray<ProgramStep> Steps, MemoryPlaces Places, ArenaPlan Arena)
{
    /// <summary>
    /// For each variable of the graph that was compiled, the one whose
    /// values <see cref="Source"/> means; empty where they are the same.
    /// </summary>
    public IReadOnlyDictionary<Variable, Variable> Renamed { get; init; } = ImmutableDictionary<Variable, Variable>.Empty;

    /// <summary>What this shares with others of equal structure, kept alive as long as one of them is.</summary>
    public CompiledStructure? Shared { get; init; }

    /// <summary>What runs once for an executable, before its first call: copies of constants as kernels want them.</summary>
    public ImmutableArray<ProgramStep> Prepared { get; init; } = [];

    /// <summary>When each buffer of the arena holds values, by arena number.</summary>
    public ImmutableArray<Lifetime> Lifetimes => Arena.Lifetimes;

    /// <summary>Variables read or written, in the order in which places count them.</summary>
    public IEnumerable<Variable> Variables => Computation.Variables.Select(v => Renamed.GetValueOrDefault(v, v));

    /// <summary>Whether a guard looks at what each kernel read and wrote: then nothing is overwritten before it has.</summary>
    public bool IsGuarded { get; init; }
}
