namespace Adjoint.Runtime;

/// <summary>Watches the steps of a run: what a profiler or a NaN guard is made from.</summary>
public interface IStepObserver
{
    /// <summary>The step is about to run.</summary>
    /// <param name="step">Index in <see cref="Plan.Steps"/>.</param>
    /// <param name="args">Address of its argument block, valid during the call.</param>
    void Before(int step, long args);

    /// <summary>The step has run without error. An exception thrown here ends the run.</summary>
    /// <inheritdoc cref="Before"/>
    void After(int step, long args);
}
