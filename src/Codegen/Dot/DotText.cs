using System.Text;

namespace Adjoint.Codegen;

/// <summary>Text that Graphviz reads back as what was meant, whatever characters a name holds. DOT files are UTF-8.</summary>
internal static class DotText
{
    /// <summary>Lines of a label, centred.</summary>
    public static string Lines(params IEnumerable<string> lines) =>
        string.Join("\\n", lines.Where(l => l.Length > 0).Select(l => Escape(l, record: false)));

    /// <summary>
    /// A label of a record: boxes from top to bottom, each with
    /// lines that start at its left edge. Empty ones are left out.
    /// </summary>
    public static string Record(params IEnumerable<IEnumerable<string>> boxes) =>
        "{" + string.Join('|', boxes.Select(b => string.Concat(b.Select(l => Escape(l, record: true) + "\\l")))
            .Where(b => b.Length > 0)) + "}";

    /// <summary>One line inside double quotes. In records, braces, bars and angle brackets have a meaning of their own.</summary>
    public static string Escape(string text, bool record = false)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
            Append(escaped, rune, record);
        return escaped.ToString();
    }

    private static void Append(StringBuilder text, Rune rune, bool record)
    {
        switch (rune.Value)
        {
            case '"': text.Append("\\\""); break;
            case '\\': text.Append("\\\\"); break;
            case '&': text.Append("&amp;"); break;   // labels know the entities of HTML
            case '\n': text.Append("\\n"); break;
            case '\r': break;
            case '\t': text.Append(' '); break;
            case '{' or '}' or '|' or '<' or '>' when record: text.Append('\\').Append((char)rune.Value); break;
            case < ' ' or 0x7F: text.Append('\uFFFD'); break;
            default: text.Append(rune.ToString()); break;
        }
    }
}
