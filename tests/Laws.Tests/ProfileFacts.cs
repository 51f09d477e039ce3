using System.Text.Json;

namespace Adjoint.Laws;

/// <summary>What a profile counts, and which node a guard blames.</summary>
public class ProfileFacts
{
    [Fact]
    public void Every_launch_is_counted_timed_and_traced()
    {
        Node x = Input("x", DType.Float32, ["n", 32]), w = Input("w", DType.Float32, [32, 32]);
        var profile = Running.Of([x, w], Softmax(MatMul(Tanh(x), w))).Compile().Profile();
        for (int i = 0; i < 3; i++)
            profile.Run(new float[8, 32], new float[32, 32]);
        profile.Run(new float[0, 32], new float[32, 32]);
        Assert.All(profile.Kernels, k => Assert.InRange(k.Calls, 3, 4));
        Assert.All(profile.Kernels, k => Assert.True(k.Seconds > 0 && k.RooflineShare > 0, k.Name));
        Assert.Contains(profile.Kernels, k => k.Flops >= 3 * 2 * 8 * 32 * 32);
        Assert.Contains("ProfileFacts.cs", profile.ToString());
        using var trace = JsonDocument.Parse(profile.ToTrace());
        Assert.Equal(profile.Kernels.Sum(k => k.Calls), trace.RootElement.GetProperty("traceEvents").GetArrayLength());
        Assert.Contains("of the time", profile.ToDot());
    }

    [Fact]
    public void The_guard_names_the_node_that_makes_the_first_infinity()
    {
        Node x = Input("x", DType.Float32, [3]);
        Node y = Log(x);
        var guarded = Running.Of([x], Sum(y * 2 + 1)).Compile(nanGuard: true);
        Assert.Equal(1 + 2 * MathF.Log(2) + 2, guarded.Run(new float[] { 1, 2, 1 }).Scalar<float>(), 5);
        var error = Assert.Throws<ComputationException>(() => guarded.Run(new float[] { 1, 0, 2 }));
        Assert.Contains("log", error.Message);
        Assert.Contains("ProfileFacts.cs", error.Message);
        Assert.Contains("[1]", error.Message);
    }

    [Fact]
    public void The_guard_says_when_it_is_a_derivative()
    {
        Node x = Input("x", DType.Float64, [2]);
        Node root = Sqrt(x);
        var guarded = Running.Of([x], root, Gradient.Of(Sum(root), [x])[0]).Compile(nanGuard: true);
        var error = Assert.Throws<ComputationException>(() => guarded.Run(new double[] { 4, 0 }));
        Assert.Contains("derivative", error.Message);
    }

    [Fact]
    public void What_comes_in_infinite_is_nobodys_fault()
    {
        Node x = Input("x", DType.Float32, [2]);
        var guarded = Running.Of([x], Exp(x) * 2).Compile(nanGuard: true);
        Assert.Equal([float.PositiveInfinity, 2], guarded.Run(new[] { float.PositiveInfinity, 0 })[0].ToArray<float>());
    }

    [Fact]
    public void A_guarded_product_of_long_sums_is_one_launch()
    {
        Node x = Input("x", DType.Float32, [3, 7000]), y = Input("y", DType.Float32, [7000, 5]);
        var guarded = Running.Of([x, y], MatMul(x, y)).Compile(nanGuard: true);
        float[] left = new float[3 * 7000], right = new float[7000 * 5];
        left[6000] = float.NaN;
        Assert.True(float.IsNaN(guarded.Run(left, right)[0].ToArray<float>()[0]));
        (left[6000], right[30]) = (float.MaxValue, 1);
        left[6] = left[7] = float.MaxValue;
        right[35] = 1;
        Assert.Contains("matmul", Assert.Throws<ComputationException>(() => guarded.Run(left, right)).Message);
    }

    [Fact]
    public void Guarded_parts_of_an_assembled_tensor_are_looked_at_one_by_one()
    {
        Node x = Input("x", DType.Float32, [2]);
        var guarded = Running.Of([x], Concat([Exp(x), Log(x)], 0)).Compile(nanGuard: true);
        Assert.Equal(4, guarded.Run(new[] { 1f, 2f })[0].Length);
        Assert.Contains("log", Assert.Throws<ComputationException>(() => guarded.Run(new[] { 1f, -2f })).Message);
    }

    [Fact]
    public void A_guarded_update_that_fails_leaves_variables_alone()
    {
        Variable w = new("w", [2], Init.Ones);
        Node x = Input("x", DType.Float32, [2]);
        var step = new Computation([x], [Sum(w)], [new Update(w, w + Log(x))]).Compile(nanGuard: true);
        step.Run(new[] { 1f, 1f });
        Assert.Throws<ComputationException>(() => step.Run(new[] { 0f, 1f }));
        Assert.Equal([1f, 1f], step.Store.Get<float>("w").ToArray());
    }

    [Fact]
    public void Delegates_are_guarded_as_well()
    {
        Node x = Input("x", DType.Float64, []);
        var log = Running.Of([x], Log(x)).Compile<Func<double, double>>(options: new() { NanGuard = true });
        Assert.Equal(0, log(1));
        Assert.Throws<ComputationException>(() => log(0));
    }
}
