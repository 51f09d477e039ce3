using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>
/// Compiled code at edges: the values and slopes that reference semantics
/// have there, with the signs of zeros, one number or two at a time.
/// </summary>
public class EdgeFacts
{
    public static TheoryData<string> Edges() => [.. EdgeCases.All.Keys];

    public static TheoryData<string> Kinks() => [.. KinkCases.All.Keys];

    [Theory, MemberData(nameof(Edges))]
    public void Compiled_values_at_edges(string name)
    {
        foreach (var width in (VectorWidth[])[VectorWidth.Scalar, VectorWidth.Bits128])
            Check(EdgeCases.All[name], (_, y) => y, width, signs: true);
    }

    [Theory, MemberData(nameof(Kinks))]
    public void Compiled_slopes_at_kinks(string name)
    {
        foreach (var width in (VectorWidth[])[VectorWidth.Scalar, VectorWidth.Bits128])
            Check(KinkCases.All[name], (x, y) => Gradient.Of(Sum(y), [x])[0], width, signs: false);
    }

    private static void Check(EdgeCase edge, Func<Node, Node, Node> of, VectorWidth width, bool signs)
    {
        Node x = Input("x", DType.Float64, [edge.X.Length]), y = of(x, edge.F(x));
        double[] actual = Running.Run(Running.Of([x], y), [edge.X], Running.At(width))[0].Doubles();
        Assert.Equal(edge.Y.Length, actual.Length);
        foreach (var (e, a) in edge.Y.Zip(actual))
        {
            Assert.True(e.Equals(a) || Math.Abs(e - a) <= 4e-15 * Math.Abs(e), $"{width}: expected {e:R}, got {a:R}");
            Assert.True(!signs || e != 0 || double.IsNegative(e) == double.IsNegative(a), $"{width}: a zero has the wrong sign");
        }
    }
}
