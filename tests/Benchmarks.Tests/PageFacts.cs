namespace Benchmarks.Tests;

public class PageFacts
{
    private const string Text = "before\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nafter\n";

    [Fact]
    public void Only_what_lies_between_the_marks_is_replaced() =>
        Assert.Equal("before\n<!-- benchmarks -->\nnew\n<!-- /benchmarks -->\nafter\n", Page.Replace(Text, "new\n\n"));

    [Fact]
    public void Replacing_twice_is_replacing_once() =>
        Assert.Equal(Page.Replace(Text, "new"), Page.Replace(Page.Replace(Text, "new"), "new"));

    [Theory]
    [InlineData("no marks")]
    [InlineData("<!-- benchmarks -->")]
    [InlineData("<!-- /benchmarks --><!-- benchmarks -->")]
    public void A_page_without_both_marks_in_order_is_refused(string page) =>
        Assert.Contains("<!-- /benchmarks -->",
            Assert.Throws<InvalidDataException>(() => Page.Replace(page, "new")).Message, StringComparison.Ordinal);
}
