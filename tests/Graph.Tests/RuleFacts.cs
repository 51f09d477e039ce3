using Adjoint.Tests;
using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Derivative rules of every op, against central differences and against each other, in float64 by reference semantics.</summary>
public class RuleFacts
{
    public static TheoryData<string> Differentiable() => [.. OpCases.All.Where(c => c.Differentiable).Select(c => c.Name)];

    public static TheoryData<string> NotDifferentiable() =>
        [.. OpCases.All.Where(c => !c.Differentiable && c.DTypes.Contains(DType.Float64)
            && c.Graph(DType.Float64).Result.Op is not PartlySmooth).Select(c => c.Name)];

    /// <summary>J t = (f(x + h t) - f(x - h t)) / 2h + O(h²).</summary>
    [Theory, MemberData(nameof(Differentiable))]
    public void The_tangent_is_the_central_difference(string name)
    {
        const double h = 1e-5;
        var at = new Point(OpCases.Of(name));
        var (right, left) = (Doubles(at.Value(h)), Doubles(at.Value(-h)));
        AssertClose([.. right.Zip(left, (r, l) => r == l ? 0 : (r - l) / (2 * h))], Doubles(at.Tangent()), 1e-7);
    }

    /// <summary>Rules can be differentiated again: the tangent of Jᵀ c along t is its central difference.</summary>
    [Theory, MemberData(nameof(Differentiable))]
    public void The_tangent_of_a_cotangent_is_its_central_difference(string name)
    {
        const double h = 1e-5;
        var at = new Point(OpCases.Of(name));
        foreach (int i in at.Moving)
        {
            var (right, left) = (Doubles(at.Cotangents(h)[i]), Doubles(at.Cotangents(-h)[i]));
            AssertClose([.. right.Zip(left, (r, l) => (r - l) / (2 * h))], Doubles(at.TangentOfCotangent(i)), 1e-6);
        }
    }

    /// <summary>(J t) · c = t · (Jᵀ c).</summary>
    [Theory, MemberData(nameof(Differentiable))]
    public void Both_modes_are_adjoint(string name)
    {
        var at = new Point(OpCases.Of(name));
        double forward = Dot(at.Tangent(), at.Seed), reverse = at.Moving.Sum(i => Dot(at.Directions[i], at.Cotangents()[i]));
        Assert.True(Math.Abs(forward - reverse) <= 1e-12 * (1 + Math.Abs(forward)), $"{forward:R} against {reverse:R}");
    }

    [Theory, MemberData(nameof(Differentiable))]
    public void Cotangents_have_the_types_of_their_operands(string name)
    {
        foreach (var dtype in OpCases.Of(name).DTypes.Where(d => d.IsFloat))
        {
            var (x, y) = OpCases.Of(name).Graph(dtype);
            y = Sweep.Inline(y, x);
            var cts = Sweep.Pullback(y, x, OnesLike(y));
            Assert.All(x.Zip(cts), p => Assert.Equal(p.First.Type, (p.Second ?? p.First).Type));
        }
    }

    [Theory, MemberData(nameof(NotDifferentiable))]
    public void Nothing_flows_through_an_op_without_a_slope(string name)
    {
        var (x, y) = OpCases.Of(name).Graph(DType.Float64);
        y = Sweep.Inline(y, x);
        Assert.All(Sweep.Pullback(y, x, OnesLike(y)), Assert.Null);
        Assert.Null(Sweep.Pushforward(y, x, [.. x.Select(n => n.DType.IsFloat ? OnesLike(n) : null)]));
    }

    /// <summary>A case at a sampled point, with a direction per float operand and a cotangent.</summary>
    private sealed class Point
    {
        private readonly Node[] x;
        private readonly Node y;
        private readonly HostTensor[] values;

        public Point(OpCase c)
        {
            (x, y) = c.Graph(DType.Float64);
            y = Sweep.Inline(y, x);
            values = c.Sample(DType.Float64, seed: 7);
            Moving = [.. Enumerable.Range(0, x.Length).Where(i => x[i].DType.IsFloat)];
            var random = new Random(8);
            Directions = [.. values.Select(v => new Operand(v.Shape.ToArray(), -1, 1).Sample(random, DType.Float64))];
            Seed = new Operand(Value(0).Shape.ToArray(), -1, 1).Sample(random, DType.Float64);
        }

        /// <summary>Which operands are floats.</summary>
        public int[] Moving { get; }

        public HostTensor[] Directions { get; }

        public HostTensor Seed { get; }

        public HostTensor Value(double h) => Eval(y, Moved(h));

        public HostTensor Tangent() => Eval(Along(y), Moved(0));

        public HostTensor[] Cotangents(double h = 0) => [.. Pulled().Select(ct => Eval(ct, Moved(h)))];

        public HostTensor TangentOfCotangent(int i) => Eval(Along(Sweep.Inline(Pulled()[i], x)), Moved(0));

        private Node Along(Node of) =>
            Sweep.Pushforward(of, x, [.. x.Select((n, i) =>
                n.DType.IsFloat ? Reshape(Constant(Directions[i]), n.Shape) : null)]) ?? ZerosLike(of);

        private Node[] Pulled() => [.. Sweep.Pullback(y, x, Reshape(Constant(Seed), y.Shape)).Select((ct, i) => ct ?? ZerosLike(x[i]))];

        private (Node, HostTensor)[] Moved(double h) => [.. x.Select((n, i) => (n, n.DType.IsFloat
            ? HostTensor.From(Doubles(values[i]).Zip(Doubles(Directions[i]), (v, d) => v + h * d).ToArray(),
                values[i].Shape) : values[i]))];
    }
}
