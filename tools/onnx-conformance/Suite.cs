using System.Globalization;

namespace Adjoint.OnnxConformance;

/// <summary>Finds tests: by INDEX.csv where there is one, and every folder with a model and data otherwise.</summary>
internal static class Suite
{
    private static readonly string[] ControlFlow = ["If", "Loop", "Scan"];

    /// <summary>The tests below a folder, in a fixed order.</summary>
    public static IEnumerable<TestCase> Find(string root, string? gradients)
    {
        string index = Path.Combine(root, "INDEX.csv");
        var rows = File.Exists(index)
            ? CsvTable.Read(index).ToDictionary(r => r.GetValueOrDefault("test") ?? r.GetValueOrDefault("model") ?? "")
            : [];
        foreach (string model in Directory.EnumerateFiles(root, "*.onnx",
            SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            foreach (var test in Path.GetFileName(model) == "model.onnx" ? Folder(root, model, gradients) : Light(root, model))
                yield return rows.TryGetValue(KeyOf(test.Name), out var row) ? Indexed(test, row) : test;
    }

    // A model with several sets of data is one line of the index.
    private static string KeyOf(string name) =>
        name.IndexOf("/test_data_set_", StringComparison.Ordinal) is > 0 and var at ? name[..at] : name;

    private static IEnumerable<TestCase> Folder(string root, string model, string? gradients)
    {
        string folder = Path.GetDirectoryName(model)!, name = Relative(root, folder);
        string[] sets = [.. Directory.EnumerateDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal)];
        foreach (string set in sets)
        {
            string expected = gradients is null
                ? set : Path.Combine(gradients, name), weights = Path.Combine(expected, "grad_parameters.csv");
            yield return new(sets.Length == 1 ? name : $"{name}/{Path.GetFileName(set)}", model)
            {
                Inputs = [.. Numbered(set, "input_").Values],
                Outputs = [.. Numbered(set, "output_").Values],
                Gradients = Numbered(expected, "grad_input_"),
                WeightGradients = File.Exists(weights) ? weights : null,
            };
        }
    }

    private static IEnumerable<TestCase> Light(string root, string model)
    {
        string stem = Path.Combine(Path.GetDirectoryName(model)!, Path.GetFileNameWithoutExtension(model));
        if (File.Exists($"{stem}_output_0.pb"))
            yield return new(Relative(root, stem), model) { Ramp = true, Outputs = [$"{stem}_output_0.pb"] };
    }

    private static TestCase Indexed(TestCase test, Dictionary<string, string> row)
    {
        string Field(string name) => row.GetValueOrDefault(name, "");
        return test with
        {
            Tier = int.TryParse(Field("tier"), CultureInfo.InvariantCulture, out int tier) ? tier : 0,
            Tolerance = double.TryParse(Field("tol"), CultureInfo.InvariantCulture, out double tolerance)
                ? tolerance : test.Tolerance,
            Compare = Field("compare") switch { "exact" => Compare.Exact, "shape-dtype" => Compare.Type, _ => Compare.Value },
            ConstantInputs = row.ContainsKey("const_inputs")
                ? Field("const_inputs").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToHashSet() : null,
            DataDependent = Field("data_dependent_shape") == "yes",
            Counted = !ControlFlow.Contains(Field("op")),
        };
    }

    private static SortedDictionary<int, string> Numbered(string folder, string prefix)
    {
        var found = new SortedDictionary<int, string>();
        if (Directory.Exists(folder))
            foreach (string file in Directory.EnumerateFiles(folder, $"{prefix}*.pb"))
                if (int.TryParse(Path.GetFileNameWithoutExtension(file)[prefix.Length..], CultureInfo.InvariantCulture,
                    out int number))
                    found[number] = file;
        return found;
    }

    private static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');
}
