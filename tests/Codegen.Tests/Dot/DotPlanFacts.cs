namespace Adjoint.Tests;

public class DotPlanFacts
{
    private static readonly Dictionary<string, long> Batch = new() { ["batch"] = 8 };

    [Fact]
    public void Kernels_are_boxes_around_what_they_compute() => Golden.Check("fused", Samples.Shared().ToDot(Stage.Fused));

    [Fact]
    public void A_plan_shows_steps_in_order_and_where_buffers_lie() => Golden.Check("plan", Samples.Shared().ToDot(Stage.Plan));

    [Fact]
    public void Symbols_that_are_given_turn_formulas_into_bytes()
    {
        string open = Samples.Shared().ToDot(Stage.Plan), bound = Samples.Shared().ToDot(Stage.Plan, Batch);
        Assert.Contains("16*batch", open);
        Assert.DoesNotContain("batch bytes", bound);
        Assert.Contains("128 bytes", bound);
    }

    [Fact]
    public void Steps_that_write_variables_are_marked() => Assert.Contains("(commit)", Samples.Trained().ToDot(Stage.Plan));

    [Fact]
    public void An_executable_draws_what_it_was_compiled_from()
    {
        var step = Samples.Trained().Compile();
        foreach (var stage in Enum.GetValues<Stage>())
            Assert.Equal(Samples.Trained().ToDot(stage, Batch), step.ToDot(stage, Batch));
    }
}
