using System.Globalization;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>What the command line says.</summary>
internal sealed record Settings(string Input, string Output, string[] Only, double Seconds, int Threads)
{
    /// <summary>Reads <c>--name value</c> pairs; null where one is unknown, missing or unreadable.</summary>
    public static Settings? Parse(string[] args)
    {
        var settings = new Settings("", "", [], 1, 1);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
                return null;
            string value = args[i + 1];
            var read = args[i] switch
            {
                "--input" => settings with { Input = value },
                "--output" => settings with { Output = value },
                "--only" => settings with { Only = value.Split(',') },
                "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out double s) && s > 0 =>
                    settings with { Seconds = s },
                "--threads" when int.TryParse(value, CultureInfo.InvariantCulture, out int n) && n > 0 => settings with { Threads = n },
                _ => null,
            };
            if (read is null)
                return null;
            settings = read;
        }
        return Directory.Exists(settings.Input) && settings.Output.Length > 0 ? settings : null;
    }

    /// <summary>Whether a case, a path below the input folder, is among those asked for.</summary>
    public bool Wants(string name) => Only.Length == 0 || name.Split('/').Any(Only.Contains);
}
