using System.Globalization;
using System.Text;

namespace Adjoint.Codegen;

/// <summary>A box around nodes, inside another or at the top.</summary>
internal sealed class Cluster
{
    public List<string> Nodes { get; } = [];

    public List<Cluster> Inner { get; } = [];

    public string Attributes { get; init; } = "";
}

/// <summary>Nodes in nested clusters, and edges: what a stage draws, written as DOT text.</summary>
internal sealed class Drawing(string title)
{
    private readonly List<string> edges = [];
    private int nodes;

    /// <summary>What lies in no box.</summary>
    public Cluster Top { get; } = new();

    /// <summary>A box inside another. Attributes are escaped; see <see cref="DotText"/>.</summary>
    public static Cluster Box(Cluster outer, params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var box = new Cluster { Attributes = Join(attributes, "; ") };
        outer.Inner.Add(box);
        return box;
    }

    /// <summary>Adds a node and returns its id.</summary>
    public string Node(Cluster cluster, params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"n{nodes++}");
        cluster.Nodes.Add($"{id} [{Join(attributes, ", ")}];");
        return id;
    }

    /// <summary>Adds an edge.</summary>
    public void Edge(string from, string to, params ReadOnlySpan<(string Key, string Value)> attributes) =>
        edges.Add(attributes.IsEmpty ? $"{from} -> {to};" : $"{from} -> {to} [{Join(attributes, ", ")}];");

    /// <summary>The drawing as DOT text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"digraph \"{DotText.Escape(title)}\" {{\n");
        text.Append(CultureInfo.InvariantCulture,
            $"  graph [label=\"{DotText.Lines(title)}\", labelloc=\"t\", fontname=\"Helvetica\", compound=\"true\"];\n");
        text.Append("  node [fontname=\"Helvetica\", fontsize=\"10\", shape=\"box\", style=\"rounded,filled\", fillcolor=\"white\"];\n");
        text.Append("  edge [fontname=\"Helvetica\", fontsize=\"8\", color=\"gray30\"];\n");
        Write(text);
        foreach (string edge in edges)
            text.Append("  ").Append(edge).Append('\n');
        return text.Append("}\n").ToString();
    }

    // Boxes nest as deeply as the user's scopes, so they are walked with a stack of their own.
    private void Write(StringBuilder text)
    {
        int numbered = 0;
        var open = new Stack<(Cluster Cluster, int Next)>([(Top, 0)]);
        while (open.TryPop(out var at))
        {
            string indent = new(' ', 2 * (open.Count + 1));
            if (at.Next == 0)
                foreach (string node in at.Cluster.Nodes)
                    text.Append(indent).Append(node).Append('\n');
            if (at.Next < at.Cluster.Inner.Count)
            {
                var inner = at.Cluster.Inner[at.Next];
                open.Push((at.Cluster, at.Next + 1));
                open.Push((inner, 0));
                text.Append(indent).Append(CultureInfo.InvariantCulture, $"subgraph \"cluster_{numbered++}\" {{\n");
                text.Append(indent).Append("  ").Append(inner.Attributes).Append(";\n");
            }
            else if (open.Count > 0)
            {
                text.Append(indent.AsSpan(2)).Append("}\n");
            }
        }
    }

    private static string Join(ReadOnlySpan<(string Key, string Value)> attributes, string separator)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in attributes)
            text.Append(text.Length == 0 ? "" : separator).Append(key).Append("=\"").Append(value).Append('"');
        return text.ToString();
    }
}
