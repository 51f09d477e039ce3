using System.Collections.Immutable;
using Adjoint.Operations;
using static Adjoint.Ops;

namespace Adjoint.Tests;

public class DotGraphFacts
{
    [Fact]
    public void A_graph_shows_ops_types_lines_scopes_outputs_and_updates() =>
        Golden.Check("source", Samples.Scoped().ToDot());

    [Fact]
    public void A_call_is_a_box_around_its_body() => Golden.Check("call", Samples.Called().ToDot());

    [Fact]
    public void Derivatives_appear_once_they_are_subgraphs()
    {
        Assert.Contains("pullback", Samples.Trained().ToDot());
        string differentiated = Samples.Trained().ToDot(Stage.Differentiated);
        Assert.DoesNotContain("pullback", differentiated);
        Assert.Contains("derivative of", differentiated);
    }

    [Fact]
    public void The_text_depends_on_nothing_but_the_graph()
    {
        foreach (var stage in Enum.GetValues<Stage>())
            Assert.Equal(Samples.Trained().ToDot(stage), Samples.Trained().ToDot(stage));
    }

    [Fact]
    public void Inputs_that_nothing_uses_are_drawn()
    {
        Node x = Input("x", DType.Float32, [2]), idle = Input("idle", DType.Float32, [3]);
        var f = new Computation([x, idle], [x + x]);
        foreach (var stage in Enum.GetValues<Stage>().Except([Stage.Plan]))
            Assert.Contains("input 'idle'", f.ToDot(stage));
    }

    [Fact]
    public void Bodies_in_bodies_are_boxes_in_boxes()
    {
        Node x = Input("x", DType.Float32, [2]);
        ImmutableArray<Node> Nested(ImmutableArray<Node> inputs, int depth) => depth == 0 ? [inputs[0] * 2]
            : Call.Of($"level{depth}", Origin.None, inputs, inner => Nested(inner, depth - 1));
        string dot = new Computation([x], [Nested([x], 3)[0]]).ToDot();
        Assert.True(dot.IndexOf("level3", StringComparison.Ordinal) < dot.IndexOf("level2", StringComparison.Ordinal));
        Assert.Contains("      subgraph \"cluster_2\"", dot);
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_nodes_needs_no_deep_stack()
    {
        string dot = "";
        var thread = new Thread(() =>
        {
            Node x = Input("x", DType.Float32, []), y = x;
            for (int i = 0; i < 100_000; i++)
                y = Node.Of(new Negate(), Origin.None, y);
            dot = new Computation([x], [y]).ToDot();
        }, maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Contains("n100001", dot);
    }
}
