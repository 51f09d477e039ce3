using System.Text.Json;
using System.Xml.Linq;

namespace Digits.Tests;

public class RunFacts : IdxFolders
{
    [Fact]
    public void Five_seeds_reach_97_percent_on_average()
    {
        var accuracies = Enumerable.Range(1, 5).Select(seed => Job.Run(
            new(null, 60, 32, 128, seed, Environment.ProcessorCount, Folder(), null), TextWriter.Null).TestAccuracy).ToList();
        Assert.True(accuracies.Average() >= 0.97, string.Join(", ", accuracies));
    }

    [Fact]
    public void A_run_leaves_figures_drawings_and_a_curve()
    {
        string folder = Folder(), json = Path.Combine(folder, "figures.json");
        var (code, output, error) = Run("--epochs", "3", "--hidden", "16", "--out", folder, "--json", json);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("epoch   3  loss", output);
        Assert.Contains("peak memory", output);
        using var figures = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal(["testAccuracy", "finalLoss", "compileMs", "stepUs", "allocatedBytesPerStep"],
            figures.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["1-source.dot", "2-differentiated.dot", "3-optimised.dot", "4-fused.dot", "5-plan.dot",
            "figures.json", "learning-curve.svg"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.Equal("svg", XDocument.Load(Path.Combine(folder, "learning-curve.svg")).Root!.Name.LocalName);
    }

    [Fact]
    public void Steady_steps_allocate_nothing()
    {
        var trainer = new Trainer(UciDigits.Load().HoldOut(1), new(null, 4, 32, 16, 1, 1, "", null));
        foreach (var _ in trainer.Run()) { }
        Assert.Equal(0, trainer.Clock.AllocatedBytesPerStep);
    }

    [Fact]
    public void The_same_seed_gives_the_same_network()
    {
        double Loss(int threads) => new Trainer(UciDigits.Load().HoldOut(3), new(null, 2, 50, 20, 3, threads, "", null)).Run().Last().Loss;
        Assert.Equal(Loss(1), Loss(1));
        Assert.Equal(Loss(1), Loss(2));
    }

    [Fact]
    public void A_batch_may_be_larger_than_the_data()
    {
        string folder = Folder(("train-images", IdxBytes.Images(20)), ("train-labels", IdxBytes.Labels(20)));
        Assert.Equal(0, Run("--data", folder, "--batch", "500", "--epochs", "2", "--out", folder).Code);
    }

    [Theory]
    [InlineData("--epochs must be at least 1", "--epochs", "0")]
    [InlineData("--batch must be at least 1", "--batch", "-3")]
    [InlineData("--hidden must be at least 1", "--hidden", "0")]
    [InlineData("--threads must be at least 1", "--threads", "0")]
    [InlineData("Cannot parse argument 'many' for option '--epochs'", "--epochs", "many")]
    [InlineData("'--momentum'", "--momentum", "1")]
    [InlineData("Required argument missing for option: '--data'", "--data")]
    public void Wrong_options_are_usage_errors(string message, params string[] args)
    {
        var (code, _, error) = Run(args);
        Assert.Contains(message, error);
        Assert.Equal(2, code);
    }

    [Fact]
    public void Missing_data_is_an_error_of_its_own()
    {
        var (code, _, error) = Run("--data", "no/such/folder");
        Assert.Equal((1, "digits: there is no folder 'no/such/folder'.\n"), (code, error.ReplaceLineEndings("\n")));
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new(), error = new();
        return (CommandLine.Run(args, output, error), output.ToString(), error.ToString());
    }
}
