using System.Globalization;
using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Published values: a few that tie the tests' own truth to the literature, and the tables of Boost.</summary>
public class VectorMathTableTests
{
    /// <summary>To 20 digits, from Abramowitz and Stegun, tables 4.4, 7.1 and the constants of chapter 1.</summary>
    [Theory]
    [InlineData(nameof(Opcode.Exp), 1, 2.71828182845904523536)]
    [InlineData(nameof(Opcode.Log), 10, 2.30258509299404568402)]
    [InlineData(nameof(Opcode.Expm1), 1, 1.71828182845904523536)]
    [InlineData(nameof(Opcode.Log1p), 1, 0.69314718055994530942)]
    [InlineData(nameof(Opcode.Sin), 1, 0.84147098480789650665)]
    [InlineData(nameof(Opcode.Cos), 1, 0.54030230586813971740)]
    [InlineData(nameof(Opcode.Tanh), 1, 0.76159415595576488812)]
    [InlineData(nameof(Opcode.Sigmoid), 1, 0.73105857863000487926)]
    [InlineData(nameof(Opcode.Erf), 1, 0.84270079294971486934)]
    [InlineData(nameof(Opcode.Pow), 2, 1.41421356237309504880)]
    public void The_truth_agrees_with_published_values(string name, double x, double published)
    {
        Opcode opcode = Enum.Parse<Opcode>(name);
        Assert.Equal(published, VectorMathTruth.Of(opcode, x, 0.5).ToDouble(), Math.ScaleB(published, -52));
        Assert.Equal(published, VectorMathReference.Of(opcode, x, 0.5), Math.ScaleB(published, -40));
    }

    [SkippableTheory]
    [InlineData(nameof(Opcode.Erf), "erf_data.txt", 1)]
    [InlineData(nameof(Opcode.Erf), "erf_small_data.txt", 1)]
    [InlineData(nameof(Opcode.Erf), "erf_large_data.txt", 1)]
    [InlineData(nameof(Opcode.Log1p), "log1p_expm1_data.txt", 1)]
    [InlineData(nameof(Opcode.Expm1), "log1p_expm1_data.txt", 2)]
    public void Float64_agrees_with_the_tables(string name, string file, int column)
    {
        string? folder = FindTables();
        Skip.If(folder is null, "the tables of reference values are not beside this repository");
        var function = new VectorMathFunction(Enum.Parse<Opcode>(name), DType.Float64);
        foreach (string line in File.ReadLines(Path.Combine(folder, file)).Where(l => l.Length > 0))
        {
            double[] row = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(s => double.Parse(s, CultureInfo.InvariantCulture)).ToArray();
            double found = function.At(row[0]), tolerance = Math.Max(1e-15 * Math.Abs(row[column]), double.Epsilon);
            string message = $"{name}({row[0]:r}) = {found:r}, not {row[column]:r}";
            Assert.True(Math.Abs(found - row[column]) <= tolerance, message);
        }
    }

    // A sibling `shared` of the repository or of a folder above it.
    private static string? FindTables()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "shared", "special-functions");
            if (Directory.Exists(path)) return path;
        }
        return null;
    }
}
