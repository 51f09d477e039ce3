namespace Adjoint;

/// <summary>Kernels as text.</summary>
public static class KernelText
{
    /// <summary>
    /// The kernels of an executable in the order in which a call
    /// runs them: loops, memory and instructions of the kernel IR.
    /// </summary>
    /// <remarks>For reading: the form may change with any version.</remarks>
    public static string ToKernelText(this Executable executable) =>
        string.Join("\n\n", executable.Program.Steps.Select((s, i) => $"{i}: {s.Plan.Description().TrimEnd()}")) + "\n";
}
