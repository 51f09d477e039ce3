using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// Calls become their bodies, or the kernel that they bring (<see cref="Call.Kernel"/>), unless they want to stay
/// (<see cref="Call.Inlined"/>). Nodes of a body lie in a scope named like the call.
/// </summary>
public static class Inline
{
    /// <summary>Opens calls, also those inside others.</summary>
    public static Computation Run(Computation f, PassContext context) => !f.Has<Call>() ? f : Rewriter.Run(f, new()
    {
        Replace = apply => apply.Op is not Call { Inlined: true } call ? default
            : call.Kernel is { } kernel ? Apply.Of(kernel, apply.Origin, apply.Inputs.AsSpan()).Results : Inlining.Of(apply).Results,
        InheritOrigins = false,
        CancellationToken = context.Options.CancellationToken,
    });
}
