namespace Adjoint.Passes.Tests;

/// <summary>Short forms for tests: differentiate, evaluate op by op, compare.</summary>
internal static class Evaluating
{
    public static readonly PassContext Context = new(new());

    /// <summary>An input of doubles.</summary>
    public static Node Doubles(string name, params ReadOnlySpan<Dim> shape) => Input(name, DType.Float64, Shape.Create(shape));

    /// <summary>Values of <paramref name="outputs"/> with derivatives expanded and nothing optimised.</summary>
    public static double[][] Eval(Node[] outputs, params (Node Input, double[] Value)[] inputs)
    {
        var f = Differentiate.Run(Of(outputs, inputs.Select(i => i.Input)));
        Verifier.Check(f, requestsGone: true, "differentiate");
        return Eval(f, [.. inputs.Select(i => i.Value)]);
    }

    public static double[] Eval(Node output, params (Node Input, double[] Value)[] inputs) => Eval([output], inputs)[0];

    public static double[][] Eval(Computation f, params double[][] inputs) =>
        [.. Reference.Run(f, f.Inputs.Zip(inputs, Tensor)).Select(t => t.ToArray<double>())];

    public static Computation Of(IEnumerable<Node> outputs, IEnumerable<Node> inputs) =>
        new([.. inputs], [.. outputs.Select(o => (Output)o)]);

    /// <summary>How many applications have an op of type <typeparamref name="T"/>.</summary>
    public static int Count<T>(Computation f) where T : Op => f.Applies.Count(a => a.Op is T);

    public static void AssertClose(double[] expected, double[] actual, double tolerance = 1e-9)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])),
                $"element {i}: expected {expected[i]}, got {actual[i]}");
    }

    /// <summary>Runs an action on a thread with a stack of 256 KB, and rethrows what it throws.</summary>
    public static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => { try { action(); } catch (Exception e) { failure = e; } }, 256 * 1024);
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("on a small stack: " + failure.Message, failure);
    }

    private static HostTensor Tensor(Node input, double[] values) =>
        HostTensor.From(values, input.Shape.Evaluate(new Dictionary<string, long>()));
}
