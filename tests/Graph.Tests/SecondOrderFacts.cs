using Adjoint.Tests;
using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>
/// Rules are made of ops that have rules: the gradient of every
/// case has a tangent, and it is what central differences say.
/// </summary>
public class SecondOrderFacts
{
    public static TheoryData<string> Differentiable() => [.. OpCases.All.Where(c => c.Differentiable).Select(c => c.Name)];

    /// <summary>H t = (g(x + h t) - g(x - h t)) / 2h + O(h²), with g the gradient of c · y for a cotangent c.</summary>
    [Theory, MemberData(nameof(Differentiable))]
    public void The_tangent_of_the_gradient_is_its_central_difference(string name)
    {
        const double h = 1e-5;
        var (x, y) = OpCases.Of(name).Graph(DType.Float64);
        var at = OpCases.Of(name).Sample(DType.Float64, seed: 5);
        var random = new Random(6);
        HostTensor[] directions = [.. at.Select(v => new Operand(v.Shape.ToArray(), -1, 1).Sample(random, DType.Float64))];
        var seed = new Operand(Eval(y, [.. x.Zip(at)]).Shape.ToArray(), -1, 1).Sample(random, DType.Float64);
        var gradients = Sweep.Pullback(Sweep.Inline(y, x), x, BroadcastTo(Constant(seed), y.Shape));
        foreach (var g in gradients.OfType<Node>().Select(g => Sweep.Inline(g, x)))
        {
            var tangent = Sweep.Pushforward(g, x,
                [.. x.Select((n, i) => n.DType.IsFloat ? BroadcastTo(Constant(directions[i]), n.Shape) : null)]);
            var (right, left) = (Doubles(Eval(g, [.. x.Zip(Moved(at, directions, h))])),
                Doubles(Eval(g, [.. x.Zip(Moved(at, directions, -h))])));
            AssertClose([.. right.Zip(left, (r, l) => (r - l) / (2 * h))], Doubles(Eval(tangent ?? ZerosLike(g), [.. x.Zip(at)])), 1e-6);
        }
    }

    private static HostTensor[] Moved(HostTensor[] at, HostTensor[] directions, double h) => [.. at.Select((v, i) => !v.DType.IsFloat ? v
        : HostTensor.From(Doubles(v).Zip(Doubles(directions[i]), (p, d) => p + h * d).ToArray(), v.Shape))];
}
