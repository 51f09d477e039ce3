using Adjoint.OnnxConformance;

namespace Adjoint.Onnx.Tests;

/// <summary>Conformance data beside the repository; tests that need it are skipped where it is missing.</summary>
internal static class SharedData
{
    /// <summary>A folder of the data.</summary>
    public static string Folder(string name)
    {
        string path = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", name));
        Skip.IfNot(Directory.Exists(path), $"there is no folder {path}");
        return path;
    }

    /// <summary>Runs all tests of a folder.</summary>
    public static Report Run(string name, string? gradients = null) =>
        Report.Of(Suite.Find(Folder(name), gradients is null ? null : Folder(gradients)).ToList());

    /// <summary>The tool's lines about what did not pass.</summary>
    public static string Text(Report report)
    {
        using var text = new StringWriter();
        report.Write(text);
        return text.ToString();
    }
}
