using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>A case at one point, in one direction of all its float operands, its result weighted into one number.</summary>
internal sealed class Direction
{
    private readonly Node[] inputs, smooth, tangents;
    private readonly HostTensor[] data;
    private readonly Dictionary<string, Node> slopes;

    public Direction(OpCase op)
    {
        var (x, result) = op.Graph(DType.Float64);
        smooth = [.. x.Where(n => n.DType.IsFloat)];
        tangents = [.. smooth.Select((n, i) => Input($"t{i}", n.DType, n.Shape))];
        Node weights = Input("weights", DType.Float64, result.Shape);
        inputs = [.. x, weights, .. tangents];
        HostTensor[] sample = op.Sample(DType.Float64);
        var bindings = Bindings.Solve(Running.Of(x, result), sample);
        data = [.. sample, Running.Random(new Random(50), DType.Float64, result.Shape.Evaluate(bindings)),
            .. tangents.Select((n, i) => Running.Random(new Random(90 + i), n.DType, n.Shape.Evaluate(bindings), -1, 1))];
        slopes = new() { [""] = Sum(Convert(result, DType.Float64) * weights) };
    }

    /// <summary>The derivative along the direction, once per letter, innermost first: r by reverse mode, f by forward mode.</summary>
    public Node Along(string modes)
    {
        if (!slopes.TryGetValue(modes, out var slope))
            slopes.Add(modes, slope = modes[^1] == 'f' ? Gradient.Jvp([Along(modes[..^1])], smooth, tangents)[0]
                : Dot(Gradient.Of(Along(modes[..^1]), smooth)));
        return slope;
    }

    /// <summary>Values by compiled code.</summary>
    public HostTensor Compiled(Node value) => Running.Run(Running.Of(inputs, value), data)[0];

    /// <summary>Values op by op, of several nodes of one graph.</summary>
    public HostTensor[] Truths(params Node[] values) => Running.Truth(Running.Of(inputs, values), data);

    /// <summary>The central difference of a value along the direction, op by op.</summary>
    public HostTensor Difference(Node value, double h = 1e-5) => (At(value, h) - At(value, -h)) / (2 * h);

    private double At(Node value, double h)
    {
        HostTensor[] moved = [.. data];
        for (int i = 0; i < smooth.Length; i++)
        {
            int at = Array.IndexOf(inputs, smooth[i]);
            moved[at] = HostTensor.From(data[at].Doubles()
                .Zip(data[inputs.Length - tangents.Length + i].Doubles(), (x, t) => x + h * t).ToArray(), data[at].Shape);
        }
        return Running.Truth(Running.Of(inputs, value), moved)[0].Scalar<double>();
    }

    private Node Dot(Node[] slopes) => slopes.Zip(tangents, (s, t) => Sum(s * t)).Aggregate((a, b) => a + b);
}
