using Adjoint.Operations;
using static Adjoint.Ops;

namespace Adjoint.Passes.Tests;

/// <summary>Which products become sums: those that no tile fits, where lanes have enough to lie along.</summary>
public class ThinProductFacts
{
    [Theory, InlineData(1, 0), InlineData(4, 0), InlineData(5, 1)]
    public void Products_over_few_positions_are_maps(int positions, int products) =>
        Assert.Equal(products, Products([20, positions], [positions, 64]));

    [Fact]
    public void Short_rows_stay() => Assert.Equal(1, Products([64, 3], [3, 31]));

    [Fact]
    public void Rows_of_a_length_to_be_known_are_taken_for_long() => Assert.Equal(0, Products([64, 3], [3, "n"]));

    [Theory, InlineData(2, 256, 0), InlineData(4, 300, 0), InlineData(5, 300, 1), InlineData(3, 255, 1), InlineData(1, 300, 1)]
    public void Products_of_few_columns_are_sums_along_long_rows(int columns, int positions, int products) =>
        Assert.Equal(products, Products([20, positions], [columns, positions], turnsSecond: true));

    [Fact]
    public void They_stay_where_an_operand_lies_across()
    {
        Assert.Equal(1, Products([20, 300], [300, 3]));
        Assert.Equal(1, Products([300, 20], [3, 300], turnsFirst: true, turnsSecond: true));
    }

    [Fact]
    public void Leading_axes_and_broadcasts_of_an_operand_stay_as_they_are()
    {
        Assert.Equal(0, Products([5, 7, 3], [3, 64]));
        Assert.Equal(0, Products([5, 7, 300], [3, 300], turnsSecond: true));
    }

    private static int Products(Shape first, Shape second, bool turnsFirst = false, bool turnsSecond = false)
    {
        Node a = Input("a", DType.Float64, first), b = Input("b", DType.Float64, second);
        Node y = MatMul(turnsFirst ? Transpose(a) : a, turnsSecond ? Transpose(b) : b);
        var result = Pipeline.Default.Run(new([a, b], [y]), new() { Verify = true, Validate = true });
        return result.Optimised.Applies.Count(x => x.Op is MatMul);
    }
}
