namespace Adjoint.Benchmarks;

/// <summary>Options of a command line, each a name with a value.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> values = [];

    /// <summary>The value of an option, or null.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Null where a name is unknown, comes twice or lacks its value.</summary>
    public static Options? Parse(string[] args, params string[] known)
    {
        var options = new Options();
        foreach (string[] pair in args.Chunk(2))
            if (pair is not [var name, var value] || !known.Contains(name) || !options.values.TryAdd(name, value))
                return null;
        return options;
    }
}
