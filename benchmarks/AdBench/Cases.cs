namespace Adjoint.Benchmarks.AdBench;

/// <summary>Input files and what they hold. The folder of a file says which problem it is.</summary>
internal static class Cases
{
    private static readonly (string Folder, Func<string, string, CompileOptions, Problem> Open)[] Kinds =
    [
        ("gmm", (_, path, options) => new GmmProblem(path, options)),
        ("ba", (_, path, options) => new BundleProblem(path, options)),
        ("hand", (name, path, options) =>
            new HandProblem(path, ModelOf(name, path), name.Contains("complicated", StringComparison.Ordinal), options)),
    ];

    /// <summary>All input files below a folder, by their paths from it without extension.</summary>
    public static IEnumerable<(string Name, string Path)> Below(string folder) =>
        from path in Directory.EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        where !path.EndsWith(".ref.txt", StringComparison.Ordinal) && !path.EndsWith(".out.txt", StringComparison.Ordinal)
        let name = Path.GetRelativePath(folder, path)[..^".txt".Length].Replace('\\', '/')
        where KindOf(name) >= 0 && !name.Contains("/model_", StringComparison.Ordinal)
        select (name, path);

    /// <summary>Reads and compiles a case.</summary>
    /// <exception cref="FormatException">The file is not what its place says.</exception>
    public static Problem Open(string name, string path, CompileOptions options) => Kinds[KindOf(name)].Open(name, path, options);

    private static int KindOf(string name) => Array.FindIndex(Kinds, k => name.Split('/').SkipLast(1).Contains(k.Folder));

    // hand/*_big belongs to hand/model_big, all others to hand/model_small, wherever above or beside the file that folder stands.
    private static string ModelOf(string name, string path)
    {
        string model = name.Contains("_big/", StringComparison.Ordinal) ? "model_big" : "model_small";
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
            foreach (string candidate in new[] { Path.Combine(folder, model), Path.Combine(folder, "hand", model) })
                if (Directory.Exists(candidate))
                    return candidate;
        throw new FormatException($"{path}: no folder '{model}' stands beside or above it.");
    }
}
