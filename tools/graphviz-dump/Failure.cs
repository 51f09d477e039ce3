namespace Adjoint.GraphvizDump;

/// <summary>What the tool reports in one message, without a stack trace.</summary>
internal sealed class Failure(string message, int exitCode = Failure.Failed) : Exception(message)
{
    /// <summary>A file, an assembly, a model or Graphviz failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    public int ExitCode { get; } = exitCode;
}
