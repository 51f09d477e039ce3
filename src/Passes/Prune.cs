namespace Adjoint.Passes;

/// <summary>
/// Drops what no output and no update needs. A computation is made from its roots and each rewrite makes a new one, so passes prune as
/// they go; this one stands for what they leave behind.
/// </summary>
public static class Prune
{
    /// <summary>The computation of what its roots need; the same object if that is all of it.</summary>
    public static Computation Run(Computation f, PassContext context) =>
        Topology.Sort([.. f.Roots], f.Applies.Length).Length == f.Applies.Length ? f
            : new(f.Inputs.AsSpan(), f.Outputs.AsSpan(), f.Updates, f.Name);
}
