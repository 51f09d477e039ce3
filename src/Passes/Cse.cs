namespace Adjoint.Passes;

/// <summary>Equal ops on the same operands become one. Constants are equal by bits: +0 and -0 stay two.</summary>
public static class Cse
{
    /// <summary>Merges twins; inputs and variables are never merged.</summary>
    public static Computation Run(Computation f, PassContext context) => f.Rewrite([], context);
}
