using Adjoint.Solvers;
using static Adjoint.Ops;

namespace Docs.Tests;

/// <summary>What the pages of the cookbook show, run.</summary>
public class CookbookFacts
{
    private delegate double Forces(ReadOnlySpan<double> position, Span<double> force);

    private delegate void Move(ReadOnlySpan<float> position, ReadOnlySpan<float> velocity, ReadOnlySpan<float> goal, float dt,
        Span<float> moved, Span<float> next);

    [Fact]
    public void An_arm_reaches_its_target()
    {
        // begin inverse-kinematics
        // Three links in a plane. The target is a variable: it moves between calls, and nothing is compiled again.
        double[] links = [0.4, 0.3, 0.2];
        Node angles = Input("angles", DType.Float64, [3]), turned = CumulativeSum(angles, 0);
        Node tool = Stack([Sum(Constant(links) * Cos(turned)), Sum(Constant(links) * Sin(turned))]);
        Variable target = new("target", [2], dtype: DType.Float64);
        var store = new ParameterStore();
        var solver = new LevenbergMarquardt(new Computation([angles], [tool - target]), store: store,
            options: new() { TargetValue = 1e-20, MaxIterations = 50 });

        double[] pose = [0.3, 0.3, 0.3], goal = [0.5, 0.4];
        store.Set<double>("target", goal);
        SolverReport report = solver.Minimise(pose);      // the next target starts from this pose
        // end
        Assert.Equal(StopReason.ValueReached, report.Reason);
        Assert.Equal(0.5, 0.4 * Math.Cos(pose[0]) + 0.3 * Math.Cos(pose[0] + pose[1]) + 0.2 * Math.Cos(pose.Sum()), 9);
        AssertShown("inverse-kinematics", "LevenbergMarquardt");
    }

    [Fact]
    public void Forces_are_the_slope_of_an_energy()
    {
        // begin molecular-forces
        // Lennard-Jones, cut off at 2.5. Pairs that do not meet get a distance of 1 before the power, so that no infinity arises.
        Node position = Input("position", DType.Float64, ["n", 3]);
        Node square = Sum(Square(ExpandDims(position, 0) - ExpandDims(position, 1)), [2]);
        Node meets = And(square < 6.25, square > 0), sixth = Pow(Where(meets, square, OnesLike(square)), -3);
        Node energy = 0.5 * Sum(Where(meets, 4 * (sixth * sixth - sixth), ZerosLike(square)));
        Node force = -Gradient.Of(energy, [position])[0];

        // delegate double Forces(ReadOnlySpan<double> position, Span<double> force);
        Forces forces = new Computation([position], [("energy", energy), ("force", force)]).Compile<Forces>();
        double[] at = [0, 0, 0, 1, 0, 0], pull = new double[6];
        double value = forces(at, pull);                  // two particles at distance 1: energy 0, pushed apart by 24
        // end
        Assert.Equal(0, value, 12);
        Assert.Equal([-24, 0, 0, 24, 0, 0], pull.Select(f => Math.Round(f, 9) + 0.0));
        AssertShown("molecular-forces", "Forces forces");
    }

    [Fact]
    public void A_relaxed_schedule_is_descended()
    {
        // begin scheduling
        // How much to make in each of six shifts. Softplus keeps amounts above 0 and rounds every kink, so that slopes exist.
        double[] demand = [4, 4, 9, 12, 5, 2];
        Node plan = Input("plan", DType.Float64, [6]), made = Softplus(plan), stock = CumulativeSum(made - Constant(demand), 0);
        Node storage = 0.1 * Sum(Softplus(stock)), late = 5 * Sum(Softplus(-stock)), overload = Sum(Square(Softplus(made - 8)));
        var solver = new LBfgs(new Computation([plan], [Sum(made) + storage + late + overload]));

        double[] x = new double[6];
        SolverReport report = solver.Minimise(x);
        double[] amounts = [.. x.Select(p => Math.Log(1 + Math.Exp(p)))];
        // end
        Assert.True(report.GradientNorm < 1e-4, $"{report}");
        Assert.True(amounts.All(a => a > 0) && amounts.Take(4).Sum() > 25, string.Join(", ", amounts));
        AssertShown("scheduling", "LBfgs");
    }

    [Fact]
    public void Entities_move_in_lanes()
    {
        // begin games
        // One entity: a damped spring pulls it to a goal that all share.
        Node position = Input("position", DType.Float32, [2]), velocity = Input("velocity", DType.Float32, [2]);
        Node goal = Input("goal", DType.Float32, [2]), dt = Input("dt", DType.Float32, []);
        Node next = velocity + dt * (4 * (goal - position) - 3 * velocity), moved = position + dt * next;

        // All of them: [entities, 2] in, [entities, 2] out, as many at once as a register has lanes.
        Move move = new Computation([position, velocity, goal, dt], [("moved", moved), ("next", next)])
            .CompileBatched<Move>(new() { Shared = ["goal", "dt"] });
        float[] at = new float[2 * 1000], speed = new float[2 * 1000], then = new float[2 * 1000], faster = new float[2 * 1000];
        for (int tick = 0; tick < 600; tick++)
        {
            move(at, speed, [3, 4], 1f / 60, then, faster);
            (at, speed, then, faster) = (then, faster, at, speed);   // results never overlap arguments
        }
        // end
        Assert.Equal(3, at[998], 1e-3f);
        Assert.Equal(4, at[999], 1e-3f);
        AssertShown("games", "CompileBatched");
    }

    [Fact]
    public void Threads_share_one_model()
    {
        // begin serving
        Node x = Input("x", DType.Float32, ["batch", 64]);
        Variable w = new("w", [64, 10], Init.HeNormal(seed: 1)), b = new("b", [10]);
        var store = new ParameterStore();
        // A request is small: one thread each, and as many requests at once as there are callers.
        Executable predict = new Computation([x], [Softmax(MatMul(x, w) + b)]).Compile(store, new() { Threads = 1 });

        float[][] answers = new float[32][];
        Parallel.For(0, answers.Length, i =>
        {
            float[,] request = new float[1 + i % 4, 64];             // batches of different sizes share the code
            answers[i] = predict.Run(request)[0].ToArray<float>();
        });
        store.Set<float>("b", new float[10]);                        // new weights: calls see the old ones or the new, never a mixture
        // end
        Assert.All(answers, a => Assert.Equal(a.Length / 10, a.Sum(), 1e-4f));
        AssertShown("serving", "Parallel.For");
    }

    private static void AssertShown(string page, string holding) =>
        Assert.Equal(CodeBlock.InSource("CookbookFacts.cs", page), CodeBlock.InPage($"docs/cookbook/{page}.md", holding));
}
