namespace Adjoint.Runtime;

/// <summary>A step of a plan as the pool sees it: code, and the place of its arguments in the run of all blocks.</summary>
/// <param name="Kernel">The code.</param>
/// <param name="Block">First word of its argument block.</param>
/// <param name="Range">Units of the outer loop.</param>
/// <param name="Grain">Ranges begin at multiples of it.</param>
/// <param name="Cost">Estimated nanoseconds on one thread: launches that run side by side get pieces in proportion.</param>
internal readonly record struct Launch(Kernel Kernel, int Block, long Range, long Grain, double Cost)
{
    /// <summary>Into how many pieces the range can be cut.</summary>
    public long Grains => (Range + Grain - 1) / Grain;
}
