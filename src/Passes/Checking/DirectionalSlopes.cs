using System.Collections.Immutable;

namespace Adjoint.Passes;

/// <summary>
/// A computation at one point, its float outputs weighted into
/// one number: slopes along directions, exact and by differences.
/// </summary>
internal sealed class DirectionalSlopes
{
    private readonly Computation value;
    private readonly HostTensor[] inputs;
    private readonly Dictionary<Variable, HostTensor> variables;
    private readonly IReadOnlyDictionary<string, long> bindings;
    private readonly double[][] weights;
    private readonly Dictionary<Node, double[]> gradients;
    private readonly double epsilon, tolerance;

    public DirectionalSlopes(Computation f, IReadOnlyList<HostTensor> at, Dictionary<Variable, HostTensor> variables,
        GradientCheckOptions options)
    {
        (inputs, this.variables) = ([.. at], variables);
        Node[] y = [.. f.Outputs.Select(o => o.Value).Where(n => n.DType.IsFloat)];
        Operands = y.Length == 0 ? [] : [.. f.Inputs.Concat(f.Variables).Where(n => n.DType.IsFloat)];
        value = Differentiate.Run(new(f.Inputs.AsSpan(), [.. y.Select(n => (Output)n)]));
        bindings = Bindings.Solve(value, inputs);
        var random = new Random(options.Seed + 1);
        weights = [.. y.Select(n => Enumerable.Range(0, (int)n.Shape.ElementCount.Evaluate(bindings))
            .Select(_ => 0.5 + random.NextDouble()).ToArray())];
        bool narrow = y.Concat(Operands).Any(n => n.DType == DType.Float32);
        (epsilon, tolerance) = (narrow ? 6e-8 : 1.2e-16, options.Tolerance ?? (narrow ? 1e-2 : 1e-6));
        gradients = Operands.IsEmpty ? [] : Gradients(f, y);
    }

    /// <summary>Float inputs and variables, if there is a float output.</summary>
    public ImmutableArray<Node> Operands { get; }

    /// <summary>How many elements an operand has.</summary>
    public int Length(Node operand) => gradients[operand].Length;

    private Dictionary<Node, double[]> Gradients(Computation f, Node[] y)
    {
        Node[] seeds = [.. y.Select((n, i) => Ops.Input($"weights of output {i}", n.DType, n.Shape))];
        var pulled = Gradient.Vjp(y, Operands.AsSpan(), seeds);
        var g = Differentiate.Run(new([.. f.Inputs, .. seeds], [.. pulled.Select(n => (Output)n)]));
        var values = weights.Select((w, i) => Tensor(y[i].DType, w, y[i].Shape.Evaluate(bindings)));
        var results = Reference.Run(g, [.. inputs, .. values], bindings, variables);
        return Operands.Zip(results).ToDictionary(p => p.First, p => Doubles(p.Second));
    }

    /// <summary>Slopes as one element moves.</summary>
    public SlopeComparison AlongElement(Node operand, int element)
    {
        var direction = new double[Length(operand)];
        direction[element] = 1;
        return Along(operand, direction) with { Element = [.. Elements.Coordinates(element, ValueOf(operand).Shape)] };
    }

    /// <summary>Slopes as an operand moves along a direction.</summary>
    public SlopeComparison Along(Node operand, double[] direction)
    {
        // a NaN elsewhere is none of this direction's
        double exact = gradients[operand].Zip(direction, (g, d) => d == 0 ? 0 : g * d).Sum();
        double size = Doubles(ValueOf(operand)).Select(Math.Abs).DefaultIfEmpty().Max();
        double h = Math.Cbrt(epsilon) * Math.Max(1, size);
        var (left, right, noise) = OneSided(operand, direction, h);
        var (nearLeft, nearRight, nearNoise) = OneSided(operand, direction, h / 8);
        double allowed = tolerance * new[] { exact, left, right }.Max(Math.Abs) + noise;
        // Of a smooth function the gap is curvature times step: an eighth of the step leaves an eighth of it.
        double gap = Math.Abs(right - left), near = Math.Abs(nearRight - nearLeft);
        bool kink = near > gap / 2 && near > allowed + nearNoise;
        return new(operand.Op.Label, [], exact, (left + right) / 2, left, right, allowed, kink);
    }

    // Slopes to both sides, and how much of them may be rounding.
    private (double Left, double Right, double Noise) OneSided(Node operand, double[] direction, double h)
    {
        var (here, up, down) = (Value(operand, direction, 0), Value(operand, direction, h), Value(operand, direction, -h));
        double noise = 16 * epsilon * here.Select(Math.Abs).Sum() / h;
        return (here.Zip(down, (a, b) => a - b).Sum() / h, up.Zip(here, (a, b) => a - b).Sum() / h, noise + double.Epsilon);
    }

    // Weighted outputs: summed as differences, so that large ones that stay the same cancel exactly.
    private double[] Value(Node operand, double[] direction, double h)
    {
        var here = ValueOf(operand);
        var moved = Tensor(operand.DType, [.. Doubles(here).Zip(direction, (x, d) => x + h * d)], here.Shape);
        HostTensor[] arguments = [.. value.Inputs.Select((x, i) => ReferenceEquals(x, operand) ? moved : inputs[i])];
        var settings = operand is Variable v ? new Dictionary<Variable, HostTensor>(variables) { [v] = moved } : variables;
        var results = Reference.Run(value, arguments, bindings, settings);
        return [.. results.SelectMany((y, k) => Doubles(y).Zip(weights[k], (a, w) => a * w))];
    }

    private HostTensor ValueOf(Node operand) => operand is Variable v ? variables[v] : inputs[value.Inputs.IndexOf(operand)];

    private static double[] Doubles(HostTensor t)
    {
        var read = t.DType.Visit(new Elements.Doubles(t));
        return [.. Enumerable.Range(0, t.Length).Select(read)];
    }

    private static HostTensor Tensor(DType dtype, double[] values, ReadOnlySpan<long> shape)
    {
        var tensor = HostTensor.Zeros(dtype, shape);
        var write = dtype.Visit(new Elements.FromDoubles(tensor));
        for (int i = 0; i < values.Length; i++)
            write(i, values[i]);
        return tensor;
    }
}
