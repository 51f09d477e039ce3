namespace Adjoint.OnnxConformance;

/// <summary>How a check ended.</summary>
internal enum Verdict
{
    /// <summary>As expected.</summary>
    Passed,

    /// <summary>Another result, or an exception.</summary>
    Failed,

    /// <summary>The importer says that it does not support it.</summary>
    Unsupported,
}

/// <summary>A verdict and, unless passed, its reason.</summary>
/// <param name="Verdict">How it ended.</param>
/// <param name="Reason">One line.</param>
internal sealed record Outcome(Verdict Verdict, string Reason = "")
{
    /// <summary>As expected.</summary>
    public static Outcome Passed { get; } = new(Verdict.Passed);

    /// <summary>Passed where there is no difference, else failed with it.</summary>
    public static Outcome Of(string? difference) => difference is null ? Passed : new(Verdict.Failed, difference);

    /// <summary>Runs a check; what it throws is its reason to fail.</summary>
    public static Outcome Of(Func<string?> check)
    {
        try
        {
            return Of(check());
        }
        catch (Onnx.OnnxException e)
        {
            return new(e.IsUnsupported ? Verdict.Unsupported : Verdict.Failed, OneLine(e.Message));
        }
#pragma warning disable CA1031 // Whatever a test throws is that test's result, never the end of the run.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new(Verdict.Failed, OneLine($"{e.GetType().Name}: {e.Message}"));
        }
    }

    private static string OneLine(string text) =>
        string.Join(" | ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
