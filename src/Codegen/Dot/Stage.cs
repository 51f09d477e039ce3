namespace Adjoint;

/// <summary>A point on a computation's way to code, at which it can be looked at.</summary>
public enum Stage
{
    /// <summary>The graph as the user built it: composites are calls, derivatives are requests.</summary>
    Source,

    /// <summary>Derivative requests have become subgraphs.</summary>
    Differentiated,

    /// <summary>Composites are inlined, twins have met, algebra is done.</summary>
    Optimised,

    /// <summary>The optimised graph in groups; each group becomes one kernel.</summary>
    Fused,

    /// <summary>Kernel launches in the order in which they run, and the memory that each touches.</summary>
    Plan,
}
