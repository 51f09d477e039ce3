namespace Adjoint.Benchmarks;

/// <summary>A measured pair: the same work by Adjoint and by a baseline.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Case">What is computed, with its sizes; float32 and one thread unless it says otherwise.</param>
/// <param name="AdjointSeconds">Least time of one call.</param>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="BaselineSeconds">Least time of one call of that.</param>
internal sealed record Measurement(string Suite, string Case, double AdjointSeconds, string Baseline, double BaselineSeconds)
{
    /// <summary>Adjoint over baseline: below 1 is faster.</summary>
    public double Ratio => AdjointSeconds / BaselineSeconds;
}
