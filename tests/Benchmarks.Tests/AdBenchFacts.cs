using Adjoint.Benchmarks.AdBench;
using Adjoint.Tests;

namespace Benchmarks.Tests;

/// <summary>
/// ADBench's files against reference results that others' programs computed. Skipped where the files are not beside the repository. Every
/// generated file, and of the rest those that take little time; <c>adbench</c> runs all.
/// </summary>
public class AdBenchFacts
{
    private const double Tolerance = 1e-10;

    private static readonly string Folder = Path.Combine(Repository.Root, "..", "shared", "adbench");

    private static readonly string[] Quick =
        ["generated/", "ba/ba1_", "gmm/1k/gmm_d2_K5", "gmm/1k/gmm_d10_K5", "gmm/1k/gmm_d32_K10",
            "hand/simple_small/hand1", "hand/complicated_small/hand5"];

    public static TheoryData<string> Names => Directory.Exists(Folder)
        ? [.. Cases.Below(Folder).Select(c => c.Name).Where(n => Quick.Any(q => n.StartsWith(q, StringComparison.Ordinal)))] : ["none"];

    [SkippableTheory, MemberData(nameof(Names))]
    public void Results_are_those_of_the_reference(string name)
    {
        var problem = Open(name);
        problem.Objective();
        problem.Derivatives();
        string path = Path.GetTempFileName();
        using (var writer = new RecordWriter(path))
            problem.Write(writer);
        var got = ResultFile.Read(path);
        File.Delete(path);
        foreach (var (record, expected) in ResultFile.Read(Path.Combine(Folder, name + ".ref.txt")))
        {
            Assert.Equal(expected.Length, got[record].Length);
            double worst = got[record].Zip(expected, ResultFile.Rho).Max();
            Assert.True(worst <= Tolerance, $"{name}, {record}: rho {worst:E1}");
        }
    }

    [SkippableTheory, MemberData(nameof(Names))]
    public void The_yardstick_computes_the_same(string name)
    {
        var problem = Open(name);
        Assert.InRange(ResultFile.Rho(problem.ScalarObjective(), problem.Objective()), 0, Tolerance);
    }

    [Fact]
    public void What_is_written_reads_back_as_the_same_bits()
    {
        double[] values = [1.0 / 3, -0.0, double.Epsilon, 1e300, -12345.6789, 2];
        string path = Path.GetTempFileName();
        using (var writer = new RecordWriter(path))
        {
            writer.Scalar("one", Math.PI);
            writer.Vector("many", values);
            writer.Matrix("grid", 3, values);
        }
        var read = ResultFile.Read(path);
        File.Delete(path);
        Assert.Equal([Math.PI], read["one"]);
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), read["many"].Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(values, read["grid"]);
    }

    [Fact]
    public void A_file_that_ends_too_early_says_where()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "2 3\n 1.5");
        var file = new NumberReader(path);
        Assert.Equal((2, 3, 1.5), (file.Int32(), file.Int32(), file.Double()));
        string message = Assert.Throws<FormatException>(() => file.Double()).Message;
        File.Delete(path);
        Assert.Contains("byte 8 of 8", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--output", "x")]
    [InlineData("--input", ".", "--output", "x", "--seconds", "-1")]
    [InlineData("--input", ".", "--output", "x", "--threads")]
    [InlineData("--input", ".", "--output", "x", "--unknown", "1")]
    public void Arguments_that_mean_nothing_are_refused(params string[] args) => Assert.Null(Settings.Parse(args));

    [Fact]
    public void Arguments_are_read()
    {
        var settings = Settings.Parse(["--input", ".", "--output", "x", "--only", "gmm,ba", "--seconds", "0.5", "--threads", "2"])!;
        Assert.Equal((".", "x", 0.5, 2), (settings.Input, settings.Output, settings.Seconds, settings.Threads));
        Assert.True(settings.Wants("generated/gmm/a") && settings.Wants("ba/b") && !settings.Wants("hand/simple_small/c"));
    }

    private static Problem Open(string name)
    {
        Skip.If(name == "none", $"the files are not at {Folder}");
        return Cases.Open(name, Path.Combine(Folder, name + ".txt"), new() { Threads = 1 });
    }
}
