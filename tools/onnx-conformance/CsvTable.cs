namespace Adjoint.OnnxConformance;

/// <summary>A comma-separated file with a header line; quoted fields may hold commas.</summary>
internal static class CsvTable
{
    /// <summary>A dictionary from column to field per line.</summary>
    /// <exception cref="InvalidDataException">A line has more fields than the header.</exception>
    public static List<Dictionary<string, string>> Read(string path)
    {
        string[] lines = [.. File.ReadLines(path).Where(l => l.Length > 0)];
        var header = Fields(lines.FirstOrDefault() ?? "");
        return [.. lines.Skip(1).Select((line, i) => Row(header, Fields(line), $"{path}:{i + 2}"))];
    }

    private static Dictionary<string, string> Row(List<string> header, List<string> fields, string where) =>
        fields.Count <= header.Count
        ? header.Zip(fields).ToDictionary(p => p.First, p => p.Second)
        : throw new InvalidDataException($"{where} has {fields.Count} fields, the header {header.Count}.");

    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        bool quoted = false;
        foreach (char c in line)
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                (_, field) = (Add(fields, field), new());
            else
                field.Append(c);
        Add(fields, field);
        return fields;
    }

    private static int Add(List<string> fields, System.Text.StringBuilder field)
    {
        fields.Add(field.ToString());
        return fields.Count;
    }
}
