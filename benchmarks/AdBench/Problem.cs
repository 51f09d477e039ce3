namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// One input file, compiled: an objective, its derivatives, and the same objective as anyone would write it in plain C#, as a yardstick
/// of the machine. Results stay in buffers of the problem.
/// </summary>
internal abstract class Problem
{
    /// <summary>Computes the objective.</summary>
    /// <returns>What the yardstick returns too: the last residual, or the likelihood.</returns>
    public abstract double Objective();

    /// <summary>Computes the objective and its gradient or Jacobian.</summary>
    public abstract void Derivatives();

    /// <summary>The objective in scalar C#, one number at a time.</summary>
    public abstract double ScalarObjective();

    /// <summary>Writes what the last calls of <see cref="Objective"/> and <see cref="Derivatives"/> computed.</summary>
    public abstract void Write(RecordWriter records);
}
