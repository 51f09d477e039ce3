namespace Adjoint.Passes;

/// <summary>
/// Drops what no output and no update needs. A computation lists only what its roots need, and each rewrite builds a
/// new one, so what is left to drop are results of bodies that nobody reads.
/// </summary>
public static class Prune
{
    /// <summary>Rebuilds the computation from its roots.</summary>
    public static Computation Run(Computation f, PassContext context) =>
        new(f.Inputs.AsSpan(), f.Outputs.AsSpan(), f.Updates, f.Name);
}
