namespace Adjoint.Runtime;

/// <summary>
/// What calls of a plan need that may leave out steps: a workspace
/// that nobody else writes to. Not for several threads at once.
/// </summary>
public sealed unsafe class KeptMemory
{
    private readonly Plan plan;
    private readonly Workspace workspace;

    internal KeptMemory(Plan plan, ArgumentLayout layout, ReadOnlySpan<long> words)
    {
        (this.plan, workspace) = (plan, new Workspace(layout, plan.ArenaBytes));
        fixed (long* externals = words)
            layout.Bind(workspace.Blocks, externals);
    }

    /// <summary>
    /// Runs the steps that are marked, in order. Each that has run
    /// is no longer marked; after an error the others still are.
    /// </summary>
    /// <param name="pending">A mark per step of the plan.</param>
    /// <exception cref="Exception">What the plan makes of an error code.</exception>
    public void Run(Span<bool> pending) => plan.RunSteps(workspace.Blocks, pending);
}
