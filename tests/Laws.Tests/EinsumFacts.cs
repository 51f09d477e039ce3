namespace Adjoint.Laws;

/// <summary>Einstein sums of transposed operands are one product that packs what it reads by strides: nothing is copied first.</summary>
public class EinsumFacts
{
    [Theory]
    [InlineData("ij,jk->ik")]
    [InlineData("ji,jk->ik")]
    [InlineData("ij,kj->ik")]
    [InlineData("bqhd,bkhd->bhqk")]
    [InlineData("bij,bjk->bik")]
    [InlineData("ijk,jkl->il")]
    public void A_product_of_two_is_one_kernel(string equation)
    {
        string[] terms = equation.Split("->")[0].Split(',');
        Node[] x = [.. terms.Select((t, i) => Input($"x{i}", DType.Float32, Shape.Of(t.Select(c => Dim.Of(16 + c % 7)))))];
        var groups = Running.Of(x, Einsum(equation, x)).Compile().Report.Fused.Groups;
        Assert.True(groups.Length == 1, string.Join("\n", groups));
    }
}
