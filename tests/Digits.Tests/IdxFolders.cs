using Adjoint.Tests;

namespace Digits.Tests;

/// <summary>Tests that need folders, which go when they end.</summary>
public abstract class IdxFolders : IDisposable
{
    private readonly TemporaryFolder all = new();
    private int made;

    /// <summary>A new folder with some files.</summary>
    protected string Folder(params (string Name, byte[] Bytes)[] files)
    {
        string folder = Directory.CreateDirectory(all.File($"{made++}")).FullName;
        foreach (var (name, bytes) in files)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        return folder;
    }

    public void Dispose()
    {
        all.Dispose();
        GC.SuppressFinalize(this);
    }
}
