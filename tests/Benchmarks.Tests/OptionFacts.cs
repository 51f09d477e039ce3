namespace Benchmarks.Tests;

public class OptionFacts
{
    [Fact]
    public void Options_are_found_by_name_and_absent_ones_are_null()
    {
        var options = Options.Parse(["--json", "a.json"], "--json", "--only");
        Assert.Equal("a.json", options!["--json"]);
        Assert.Null(options["--only"]);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--jsom a.json")]
    [InlineData("--json a.json --json b.json")]
    public void Unknown_repeated_and_bare_options_are_refused(string line) => Assert.Null(Options.Parse(line.Split(' '), "--json"));

    [Fact]
    public void Suites_are_asked_for_by_name()
    {
        Assert.Equal(2, Suites.Named("gemm,mlp")!.Count);
        Assert.Equal(Suites.All.Count, Suites.Named("all")!.Count);
        Assert.NotNull(Suites.Named(Suites.Published));
        Assert.Null(Suites.Named("gemm,unheard-of"));
    }
}
