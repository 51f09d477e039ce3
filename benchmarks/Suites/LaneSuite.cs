using Adjoint.Passes;

namespace Adjoint.Benchmarks;

/// <summary>Small functions with derivatives, one instance and a million in lanes, beside C# written by hand.</summary>
internal static class LaneSuite
{
    private const int Options = 1_000_000, Poses = 100_000, Calls = 100;

    // Angles are finite: products with the zeros of the matrices are none, as in the code by hand.
    private static readonly CompileOptions Plain = new()
    {
        Threads = 1, Admitted = Soundness.Default.Union([Soundness.Assumes.Finite, Soundness.Assumes.NoSignedZero]),
    };

    // Volatilities and strikes are no subnormal numbers: derivatives by them share reciprocals.
    private static readonly CompileOptions Normal =
        new() { Threads = 1, Admitted = Soundness.Default.Add(Soundness.Assumes.NormalDivisors) };

    private delegate void One(double spot, double strike, double volatility, double rate, double expiry, Span<double> greeks);

    private delegate void Many<T>(ReadOnlySpan<T> spot, ReadOnlySpan<T> strike, ReadOnlySpan<T> volatility, ReadOnlySpan<T> rate,
        ReadOnlySpan<T> expiry, Span<T> greeks);

    private delegate void Pose(ReadOnlySpan<double> angles, Span<double> pose, Span<double> slopes);

    public static IEnumerable<Workload> Run() =>
        [Scalar(), Lanes<double>(DType.Float64, BlackScholesByHand.Loop),
            Lanes<float>(DType.Float32, BlackScholesByHand.Loop), ArmOnce(), ArmInLanes()];

    private static Workload Scalar()
    {
        var f = BlackScholes.Greeks(DType.Float64).Compile<One>(options: Normal);
        double[] y = new double[6], z = new double[6];
        return new("lanes", $"Black-Scholes, 5 Greeks, {Calls} x scalar float64", () =>
        {
            for (int i = 0; i < Calls; i++)
                f(90 + 0.2 * i, 100, 0.2, 0.03, 1.5, y);
        })
        {
            Rivals = [("by hand", () =>
            {
                for (int i = 0; i < Calls; i++)
                    BlackScholesByHand.Evaluate(90 + 0.2 * i, 100, 0.2, 0.03, 1.5, z);
            })],
        };
    }

    private static Workload Lanes<T>(DType type, Action<T[][], T[], int> byHand) where T : unmanaged, System.Numerics.INumber<T>
    {
        var f = BlackScholes.Greeks(type).CompileBatched<Many<T>>(new() { IsArrays = true }, options: Normal);
        T[][] x = [Between<T>(50, 150), Between<T>(80, 120), Between<T>(0.1, 0.5), Between<T>(0, 0.1), Between<T>(0.1, 3)];
        T[] y = new T[6 * Options], z = new T[6 * Options];
        return new("lanes", $"Black-Scholes, 5 Greeks, {Options} {type}", () => f(x[0], x[1], x[2], x[3], x[4], y))
        {
            Rivals = [("loop by hand", () => byHand(x, z, Options))],
        };
    }

    private static Workload ArmOnce()
    {
        var f = Arm.Kinematics().Compile<Pose>(options: Plain);
        double[] angles = [0.1, -0.4, 0.3, 0.8, -0.2, 0.5, 0.9], pose = new double[6], slopes = new double[42];
        return new("lanes", $"arm pose and Jacobian, {Calls} x float64", () =>
        {
            for (int i = 0; i < Calls; i++)
                f(angles, pose, slopes);
        })
        {
            Rivals = [("by hand", () =>
            {
                for (int i = 0; i < Calls; i++)
                    ArmByHand.Evaluate(angles, pose, slopes);
            })],
            Floors = [("0.5 us a pose", Calls * 0.5e-6)],
        };
    }

    private static Workload ArmInLanes()
    {
        var f = Arm.Kinematics().CompileBatched<Pose>(options: Plain);
        double[] angles = [.. Enumerable.Range(0, 7 * Poses).Select(i => Math.Sin(i))], pose = new double[6 * Poses],
            slopes = new double[42 * Poses];
        return new("lanes", $"arm pose and Jacobian, {Poses} float64", () => f(angles, pose, slopes))
        {
            Rivals = [("loop by hand", () =>
            {
                for (int i = 0; i < Poses; i++)
                    ArmByHand.Evaluate(angles.AsSpan(7 * i, 7), pose.AsSpan(6 * i, 6), slopes.AsSpan(42 * i, 42));
            })],
        };
    }

    private static T[] Between<T>(double low, double high) where T : System.Numerics.INumber<T>
    {
        var random = new Random((int)high);
        return [.. Enumerable.Range(0, Options).Select(_ => T.CreateChecked(low + (high - low) * random.NextDouble()))];
    }
}
