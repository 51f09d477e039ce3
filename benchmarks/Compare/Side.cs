namespace Adjoint.Benchmarks;

/// <summary>One of those that take turns on a workload.</summary>
internal abstract class Side(string name)
{
    /// <summary>Who it is.</summary>
    public string Name => name;

    /// <summary>Least seconds per call over about <paramref name="seconds"/>, and over one piece of work at least.</summary>
    public abstract double Least(double seconds);
}
