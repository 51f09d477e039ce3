using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Laws;

/// <summary>The ways to call an executable agree: arrays, spans, tensors.</summary>
public class SpanRunFacts
{
    private static readonly Node X = Input("x", DType.Float32, ["n"]), Y = Input("y", DType.Float32, ["n"]);

    [Fact]
    public void Arrays_spans_and_tensors_give_the_same()
    {
        var f = new Computation([X], [Exp(X) * 2]).Compile();
        float[] x = [1, -2, 0.5f], y = new float[3];
        float[] expected = f.Run(x)[0].ToArray<float>();
        f.RunSpans<float, float>(x, y);
        Assert.Equal(expected, y);
        var tensor = f.Run(Tensor.Create(x, [3]));
        Assert.Equal(expected, tensor.ToArray());
    }

    [Fact]
    public void Several_spans_pass_in_order()
    {
        var f = new Computation([X, Y], [X - Y]).Compile();
        var z = new float[2];
        f.RunSpans<float, float, float>([5, 6], [1, 2], z);
        Assert.Equal([4f, 4f], z);
    }

    [Fact]
    public void Overlapping_spans_and_wrong_lengths_are_refused_before_anything_runs()
    {
        var f = new Computation([X], [X + 1]).Compile();
        float[] x = [1, 2, 3];
        Assert.Contains("overlaps", Assert.Throws<ArgumentException>(() =>
            f.RunSpans<float, float>(x.AsSpan(0, 2), x.AsSpan(1, 2))).Message);
        Assert.Contains("2", Assert.Throws<ArgumentException>(() => f.RunSpans<float, float>(x, new float[2])).Message);
        Assert.Equal([1f, 2f, 3f], x);
    }
}
