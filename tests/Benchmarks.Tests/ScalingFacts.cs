namespace Benchmarks.Tests;

public class ScalingFacts
{
    [Fact]
    public void Two_threads_are_compared_with_one_on_the_same_case()
    {
        Measurement[] rows =
        [
            new("cnn", "step", 4, "fma peak", 1), new("cnn", "step", 4, "pytorch", 8),
            new("cnn", "step, 2 threads", 2, "fma peak", 1), new("mlp", "step", 9, "fma peak", 1),
        ];
        Assert.Equal([new("cnn", "step, 2 threads", 2, "one thread", 4)], Scaling.Of(rows));
    }

    [Fact]
    public void Without_the_case_on_one_thread_there_is_no_row() =>
        Assert.Empty(Scaling.Of([new("cnn", "step, 2 threads", 2, "fma peak", 1)]));
}
