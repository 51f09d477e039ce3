using Tour;

namespace Docs.Tests;

public class TourFacts
{
    [Fact]
    public void The_tour_shows_what_the_compiler_prints_today()
    {
        string shown = File.ReadAllText(Repository.PathOf("docs", "tour.md")).ReplaceLineEndings("\n");
        Assert.True(shown == Page.Write().ReplaceLineEndings("\n"),
            "docs/tour.md is out of date; write it anew with: dotnet run -c Release --project samples/Tour -- docs/tour.md");
    }
}
