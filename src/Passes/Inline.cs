using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Calls become their bodies, unless they want to stay (<see cref="Call.Inlined"/>). Their nodes lie in a scope named like the call.</summary>
public static class Inline
{
    /// <summary>Opens calls, also those inside others.</summary>
    public static Computation Run(Computation f, PassContext context) => Rewriter.Run(f, new()
    {
        Replace = apply => apply.Op is Call { Inlined: true } ? Inlining.Of(apply).Results : default,
        InheritOrigins = false,
        CancellationToken = context.Options.CancellationToken,
    });
}
