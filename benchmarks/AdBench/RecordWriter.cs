using System.Globalization;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// Writes results as records: a header line <c>scalar NAME VALUE</c>, <c>vector NAME COUNT</c> or <c>matrix NAME ROWS COLS</c>, then a
/// number, or a row of numbers, a line. Numbers read back as the same bits.
/// </summary>
internal sealed class RecordWriter(string path) : IDisposable
{
    private readonly StreamWriter file = new(path) { NewLine = "\n" };

    public void Scalar(string name, double value) => file.WriteLine($"scalar {name} {Text(value)}");

    public void Vector(string name, ReadOnlySpan<double> values)
    {
        file.WriteLine($"vector {name} {values.Length}");
        foreach (double value in values)
            file.WriteLine(Text(value));
    }

    public void Matrix(string name, int columns, ReadOnlySpan<double> values)
    {
        file.WriteLine($"matrix {name} {values.Length / columns} {columns}");
        for (int i = 0; i < values.Length; i++)
        {
            file.Write(Text(values[i]));
            file.Write(i % columns == columns - 1 ? '\n' : ' ');
        }
    }

    public void Dispose() => file.Dispose();

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
