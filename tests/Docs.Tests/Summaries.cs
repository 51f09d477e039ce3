using System.Text.RegularExpressions;
using System.Xml.Linq;
using Adjoint;

namespace Docs.Tests;

/// <summary>Summaries of the library's XML documentation as text for a table.</summary>
internal static partial class Summaries
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.ChangeExtension(typeof(Node).Assembly.Location, ".xml")).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);

    /// <summary>What a type's summary says.</summary>
    public static string Of(Type type) => Text(Members[$"T:{type.FullName}"]);

    /// <summary>What the summary of the method says that makes a call of this title.</summary>
    public static string OfMethod(string title)
    {
        string name = title.Replace("-", "", StringComparison.Ordinal);
        var method = Members.FirstOrDefault(m => m.Key.StartsWith("M:Adjoint.", StringComparison.Ordinal)
            && MethodName().Match(m.Key) is { Success: true } match && match.Groups[1].Value.Equals(name, StringComparison.OrdinalIgnoreCase));
        return method.Value is null ? "" : Text(method.Value);
    }

    private static string Text(XElement member)
    {
        var summary = member.Element("summary");
        if (summary is null && member.Element("inheritdoc")?.Attribute("cref")?.Value is { } other && Members.TryGetValue(other, out var inherited))
            return Text(inherited);
        return summary is null ? "" : Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement e when e.Attribute("cref")?.Value is { } cref => $"`{cref[(cref.IndexOf('(', StringComparison.Ordinal) is var p && p < 0 ? cref : cref[..p]).LastIndexOf('.')..].TrimStart('.').Split('(')[0]}`",
        XElement e when e.Attribute("name")?.Value is { } name => $"`{name}`",
        XElement e => e.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\.([A-Za-z0-9]+)(?:``\d+)?\(")]
    private static partial Regex MethodName();
}
