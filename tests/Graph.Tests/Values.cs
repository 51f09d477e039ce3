namespace Adjoint.Graph.Tests;

/// <summary>Short forms: evaluate a graph, read any tensor as doubles, compare.</summary>
internal static class Values
{
    public static readonly double NaN = double.NaN, Inf = double.PositiveInfinity;

    /// <summary>The value of a node by reference semantics.</summary>
    public static HostTensor Eval(Node y, params (Node Input, HostTensor Value)[] inputs) =>
        Reference.Run(new Computation([.. inputs.Select(i => i.Input)], [y]), inputs.Select(i => i.Value))[0];

    /// <summary>The value of a function of one float64 vector.</summary>
    public static double[] Eval(Func<Node, Node> f, params double[] x)
    {
        var input = Input("x", DType.Float64, [x.Length]);
        return Doubles(Eval(f(input), (input, x)));
    }

    public static double[] Doubles(HostTensor t) => t.DType.Visit(new Reader(t));

    public static double Dot(HostTensor a, HostTensor b) => Doubles(a).Zip(Doubles(b), (x, y) => x * y).Sum();

    /// <summary>Demands equal bits, with one NaN for all.</summary>
    public static void AssertSame(double[] expected, double[] actual) =>
        Assert.Equal(expected.Select(BitConverter.DoubleToInt64Bits), actual.Select(BitConverter.DoubleToInt64Bits));

    public static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])),
                $"element {i}: expected {expected[i]:R}, got {actual[i]:R}");
    }

    private readonly struct Reader(HostTensor t) : IDTypeVisitor<double[]>
    {
        public double[] Visit<T>() where T : unmanaged => Array.ConvertAll(t.ToArray<T>(), Bits.ToDouble);
    }
}
