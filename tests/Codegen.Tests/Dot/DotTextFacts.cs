using Adjoint.Codegen;

namespace Adjoint.Tests;

public class DotTextFacts
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("say \"hi\"", "say \\\"hi\\\"")]
    [InlineData("C:\\new", "C:\\\\new")]
    [InlineData("a\nb\r\nc\td", "a\\nb\\nc d")]
    [InlineData("a & b &lt; c", "a &amp; b &amp;lt; c")]
    [InlineData("é 日本 😀", "é 日本 😀")]
    [InlineData("\u0001\u007F", "\uFFFD\uFFFD")]
    [InlineData("{a|<b>}", "{a|<b>}")]
    public void Labels_are_read_back_as_they_were(string text, string escaped) => Assert.Equal(escaped, DotText.Escape(text));

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => Assert.Equal("a\uFFFD", DotText.Escape("a\uD800"));

    [Fact]
    public void Records_escape_what_separates_their_boxes() =>
        Assert.Equal("{\\{a\\|b\\}\\lc d\\l|\\<e\\>\\l}", DotText.Record(["{a|b}", "c d"], ["<e>"]));

    [Fact]
    public void Empty_lines_are_left_out() => Assert.Equal("a\\nb", DotText.Lines("a", "", "b"));
}
