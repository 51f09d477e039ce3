namespace Adjoint.Laws;

/// <summary>Updates are simultaneous: every right-hand side reads the values from before the call.</summary>
public class UpdateFacts
{
    [Fact]
    public void Two_variables_can_be_swapped() => AssertUpdates(2, v => [v[1] * 1, v[0] * 1]);

    [Fact]
    public void And_exchanged_without_any_arithmetic() => AssertUpdates(2, v => [v[1], v[0]]);

    [Fact]
    public void Three_can_be_rotated() => AssertUpdates(3, v => [v[1] + 1, v[2] + 2, v[0] + 3]);

    [Fact]
    public void A_matrix_can_become_its_transpose() => AssertUpdates(1, v => [Transpose(v[0])]);

    [Fact]
    public void And_a_function_of_its_transpose() => AssertUpdates(1, v => [v[0] + Transpose(v[0])]);

    [Fact]
    public void Rows_can_be_normalised_in_place() => AssertUpdates(1, v => [Exp(v[0]) / Sum(Exp(v[0]), [1], keepDims: true)]);

    [Fact]
    public void And_added_to_what_they_were() => AssertUpdates(1, v => [Exp(v[0]) / Sum(Exp(v[0]), [1], keepDims: true) + v[0]]);

    [Fact]
    public void A_later_loop_over_a_row_reads_old_values_too() => AssertUpdates(2, v =>
    {
        var centred = v[0] - Sum(v[0], [1], keepDims: true);
        return [centred, Tanh(v[0]) * Sum(centred, [1], keepDims: true)];
    });

    [Fact]
    public void Moments_and_weights_move_together() => AssertUpdates(3, v =>
    {
        Node gradient = Sin(v[0]), mean = v[1] * 0.9 + gradient * 0.1, square = v[2] * 0.99 + Square(gradient) * 0.01;
        return [v[0] - mean / (Sqrt(Abs(square)) + 0.1), mean, square];
    });

    [Fact]
    public void A_result_of_the_call_is_computed_from_old_values() => AssertUpdates(1, v => [v[0] * 2 + 1], v => Sum(v[0]));

    [Fact]
    public void A_result_and_an_update_may_be_the_same_node() => AssertUpdates(1, v => [v[0] * 2 + 1], v => v[0]);

    [Fact]
    public void A_variable_may_take_a_constant() => AssertUpdates(2, v => [ZerosLike(v[0]), v[0]]);

    [Fact]
    public void An_update_over_one_variable_alone_is_computed_in_place()
    {
        Variable w = new("w", [8, 8]);
        var step = new Computation([], [], [new(w, w * 0.5 + 1)]).Compile();
        Assert.True(Assert.Single(step.Report.Kernels).Commits);
    }

    private static void AssertUpdates(int count, Func<Variable[], Node[]> update, Func<Variable[], Node>? output = null)
    {
        foreach (long size in (long[])[1, 7, 40])
            foreach (var width in Running.Widths)
            {
                var random = new Random(1);
                Variable[] v = [.. Enumerable.Range(0, count).Select(i => new Variable($"v{i}", [size, size],
                    Init.Values(Running.Random(random, DType.Float64, [size, size])), DType.Float64))];
                var f = new Computation([], output is null ? [] : [output(v)], v.Zip(update(v)).Select(u => new Update(u.First, u.Second)));
                var expected = Reference.Roots(f, []);
                var compiled = f.Compile(options: Running.At(width, threads: 2));
                var results = compiled.Run();
                for (int i = 0; i < expected.Length; i++)
                    Running.AssertClose(expected[i],
                        i < results.Count ? results[i] : compiled.Stored(v[i - results.Count]), 1e-12, $"root {i}, size {size}, {width}");
            }
    }
}
