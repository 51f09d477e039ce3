namespace Adjoint.Graph.Tests;

/// <summary>Symbols are bound by the shapes of arguments; what does not fit is refused, with both numbers.</summary>
public class BindingFacts
{
    private static readonly Node X = Input("x", DType.Float64, ["batch", 3]), Y = Input("y", DType.Float64, ["batch"]),
        Z = Input("z", DType.Float64, ["other"]);

    private static string Refusal(Computation f, params HostTensor[] arguments) =>
        Assert.Throws<ArgumentException>(() => Bindings.Solve(f, arguments)).Message;

    [Fact]
    public void A_symbol_takes_the_extent_of_its_argument() =>
        Assert.Equal(5, Bindings.Solve(new Computation([X], [X]), [new double[5, 3]])["batch"]);

    [Fact]
    public void A_symbol_may_be_the_half_of_an_extent()
    {
        var x = Input("pairs", DType.Float64, [2 * Dim.Symbol("n")]);
        Assert.Equal(4, Bindings.Solve(new Computation([x], [x]), [new double[8]])["n"]);
        Assert.All(["axis 0 is 7", "2*n", "no whole number"],
            s => Assert.Contains(s, Refusal(new Computation([x], [x]), new double[7]), StringComparison.Ordinal));
    }

    [Fact]
    public void Arguments_that_disagree_on_a_symbol_are_refused()
    {
        string message = Refusal(new Computation([X, Y], [X, Y]), new double[5, 3], new double[4]);
        Assert.All(["input 'y'", "axis 0 is 4", "batch", "is 5"], s => Assert.Contains(s, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Extents_that_only_a_call_can_compare_are_compared_by_it()
    {
        var f = new Computation([Y, Z], [Y + Z]);
        Assert.Equal(3, Bindings.Solve(f, [new double[3], new double[3]])["other"]);
        string message = Refusal(f, new double[3], new double[2]);
        Assert.All(["BindingFacts.cs", "axis 0", "batch is 3", "other is 2"], s => Assert.Contains(s, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_rank_type_or_number_of_arguments_is_refused()
    {
        var f = new Computation([X], [X]);
        Assert.Contains("takes 1 argument", Refusal(f), StringComparison.Ordinal);
        Assert.Contains("float64[5]", Refusal(f, new double[5]), StringComparison.Ordinal);
        Assert.Contains("float32[5, 3]", Refusal(f, new float[5, 3]), StringComparison.Ordinal);
        Assert.Contains("axis 1 is 4", Refusal(f, new double[5, 4]), StringComparison.Ordinal);
    }

    /// <summary>A view must not read outside: what a slice takes is compared with the extent before anything runs.</summary>
    [Fact]
    public void A_slice_that_leaves_its_tensor_is_refused_by_the_call()
    {
        var f = new Computation([Y], [Slice(Y, 0, 1, 5)]);
        Assert.Equal(5, Bindings.Solve(f, [new double[5]])["batch"]);
        Assert.All(["slice", "BindingFacts.cs", "5", "batch is 4"],
            s => Assert.Contains(s, Refusal(f, new double[4]), StringComparison.Ordinal));
    }
}
