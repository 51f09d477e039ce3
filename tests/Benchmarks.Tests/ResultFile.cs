using System.Globalization;

namespace Benchmarks.Tests;

/// <summary>Result files read back: scalars, vectors and matrices by name.</summary>
internal static class ResultFile
{
    /// <summary>All records of a file; of a matrix, its elements row by row.</summary>
    public static Dictionary<string, double[]> Read(string path)
    {
        var records = new Dictionary<string, double[]>();
        var lines = File.ReadLines(path).GetEnumerator();
        while (lines.MoveNext())
        {
            string[] header = lines.Current.Split(' ');
            records.Add(header[1], header[0] == "scalar" ? [Number(header[2])]
                : [.. Body(lines, int.Parse(header[2], CultureInfo.InvariantCulture))]);
        }
        return records;
    }

    /// <summary>The distance ADBench compares by, <c>|x - y| / max(1, |x| + |y|)</c>; NaN is far from everything.</summary>
    public static double Rho(double x, double y) =>
        double.IsFinite(x) ? Math.Abs(x - y) / Math.Max(1, Math.Abs(x) + Math.Abs(y)) : double.PositiveInfinity;

    private static IEnumerable<double> Body(IEnumerator<string> lines, int rows)
    {
        for (int row = 0; row < rows && lines.MoveNext(); row++)
            foreach (string word in lines.Current.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                yield return Number(word);
    }

    private static double Number(string word) => double.Parse(word, CultureInfo.InvariantCulture);
}
