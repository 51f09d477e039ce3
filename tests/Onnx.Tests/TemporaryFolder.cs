namespace Adjoint.Onnx.Tests;

/// <summary>A folder that exists while a test runs.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("adjoint-onnx-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
