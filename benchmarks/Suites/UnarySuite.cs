using System.Diagnostics;
using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>
/// Mathematical functions of 4,096 float32: against <see cref="TensorPrimitives"/> once its tiers have settled, and where
/// that has no vector form, against our own exponential.
/// </summary>
internal static class UnarySuite
{
    private const int Count = 4096;

    private static readonly float[] X = Data.Floats(Count, 1), Y = new float[Count];
    private static readonly float[] Positive = Array.ConvertAll(X, x => 2 + 1.9f * x);

    public delegate void Map(ReadOnlySpan<float> x, Span<float> y);

    private sealed record Case(string Name, Func<Node, Node> Function, float[] Operand, string Baseline, Action Run);

    public static IEnumerable<Workload> Run()
    {
        var exp = Compile(x => Exp(x));
        Action ours = () => exp(X, Y);
        Case[] cases =
        [
            new("exp", x => Exp(x), X, "tensor-primitives", () => TensorPrimitives.Exp(X, Y)),
            new("tanh", x => Tanh(x), X, "tensor-primitives", () => TensorPrimitives.Tanh(X, Y)),
            new("sigmoid", x => Sigmoid(x), X, "tensor-primitives", () => TensorPrimitives.Sigmoid<float>(X, Y)),
            new("log", x => Log(x), Positive, "tensor-primitives", () => TensorPrimitives.Log<float>(Positive, Y)),
            new("sin", x => Sin(x), X, "tensor-primitives", () => TensorPrimitives.Sin(X, Y)),
            new("cos", x => Cos(x), X, "tensor-primitives", () => TensorPrimitives.Cos(X, Y)),
            new("pow 2.4", x => Pow(x, 2.4f), Positive, "tensor-primitives", () => TensorPrimitives.Pow<float>(Positive, 2.4f, Y)),
            new("erf", x => Erf(x), X, "own exp", ours),
            new("expm1", x => Expm1(x), X, "own exp", ours),
            new("log1p", x => Log1p(x), Positive, "own exp", ours),
        ];
        Settle(cases);
        foreach (var c in cases)
        {
            var map = Compile(c.Function);
            yield return new("unary", $"{c.Name} {Count}", () => map(c.Operand, Y)) { Rivals = [(c.Baseline, c.Run)] };
        }
    }

    private static Map Compile(Func<Node, Node> function)
    {
        Node x = Input("x", DType.Float32, ["n"]);
        return new Computation([x], [function(x)]).Compile<Map>(options: new() { Threads = 1 });
    }

    // Tiers change after 30 calls, 100 ms of quiet and a compilation in the background: rounds until none is faster.
    private static void Settle(Case[] cases)
    {
        double best = double.MaxValue;
        for (int idle = 0; idle < 3;)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 500; i++)
                foreach (var c in cases)
                    c.Run();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            idle = seconds < 0.98 * best ? 0 : idle + 1;
            best = Math.Min(best, seconds);
            Thread.Sleep(150);
        }
    }
}
