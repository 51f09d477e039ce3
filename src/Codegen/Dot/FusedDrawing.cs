using System.Globalization;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>An optimised graph in fusion groups: a box per kernel. Leaves and views, which no kernel computes, lie outside.</summary>
internal sealed class FusedDrawing
{
    private readonly FusedComputation fused;
    private readonly Drawing drawing;
    private readonly Dictionary<Node, List<FusionGroup?>> groupsOf = [];
    private readonly Dictionary<FusionGroup, Cluster> boxes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Node Node, FusionGroup? Group), string> ids = [];

    private FusedDrawing(FusedComputation fused) => (this.fused, drawing) = (fused, new($"{fused.Computation.Name}: fused"));

    public static Drawing Of(FusedComputation fused) => new FusedDrawing(fused).Draw();

    private Drawing Draw()
    {
        foreach (var group in fused.Groups)
        {
            foreach (var node in NodesOf(group))
                (groupsOf.TryGetValue(node, out var known) ? known : groupsOf[node] = []).Add(group);
            if (NodesOf(group).Any())
                boxes.Add(group, Box(group));
        }
        var f = fused.Computation;
        foreach (var unused in f.Inputs.Except(f.Nodes))
            drawing.Draw(drawing.Top, unused.Apply);
        foreach (var node in f.Nodes)
            foreach (var group in HomesOf(node))
                Draw(node, group);
        foreach (var output in f.Outputs)
            drawing.Edge(Id(output.Value, null), drawing.Draw(output));
        foreach (var update in f.Updates)
            drawing.Edge(Id(update.Value, null), drawing.Draw(update));
        return drawing;
    }

    private static IEnumerable<Node> NodesOf(FusionGroup group) =>
        group.Nodes.Concat(group.Outputs.Where(o => o.Value == o.Buffer).Select(o => o.Value)).Distinct();

    private List<FusionGroup?> HomesOf(Node node) => groupsOf.TryGetValue(node, out var groups) ? groups : [null];

    private void Draw(Node node, FusionGroup? group)
    {
        bool stored = group?.Outputs.Any(o => o.Value == node) ?? false;
        string id = drawing.Draw(group is null ? drawing.Top : boxes[group], node.Apply, stored ? $"{node.Op.Label} (stored)" : null);
        ids.Add((node, group), id);
        var inputs = node.Apply.Inputs;
        for (int i = 0; i < inputs.Length; i++)
            if (inputs.Length == 1)
                drawing.Edge(Id(inputs[i], group), id);
            else
                drawing.Edge(Id(inputs[i], group), id, ("headlabel", i.ToString(CultureInfo.InvariantCulture)));
    }

    // Inside its group a value is at hand; elsewhere it is read from the memory of the group that stores it.
    private string Id(Node node, FusionGroup? reader)
    {
        if (ids.TryGetValue((node, reader), out string? here))
            return here;
        var homes = HomesOf(node);
        return ids[(node, homes.Find(g => g is not null && g.Outputs.Any(o => o.Value == node)) ?? homes[0])];
    }

    private Cluster Box(FusionGroup group)
    {
        string loops = $"{group.Kind.ToString().ToLowerInvariant()} over [{string.Join(", ", group.Domain)}]"
            + (group.InnerAxes.IsEmpty ? "" : $", inner axes {string.Join(", ", group.InnerAxes)}");
        return Drawing.Box(drawing.Top, ("label", DotText.Lines(group.Name, loops)), ("style", "rounded,filled"),
            ("color", "seagreen"), ("fillcolor", "honeydew"));
    }
}
