using System.Diagnostics;
using Adjoint;
using Adjoint.Solvers;
using static Adjoint.Ops;

namespace Arm;

/// <summary>What a run of the tracker measured.</summary>
/// <param name="Microseconds">Time of each solve.</param>
/// <param name="Iterations">Iterations of each.</param>
/// <param name="LargestError">Metres (and radians, at the weight of orientation) between target and tool, the worst of all.</param>
/// <param name="AllocatedBytes">Of all solves after the first.</param>
/// <param name="Poses">Joint angles at each tick.</param>
internal sealed record Track(double[] Microseconds, int[] Iterations, double LargestError, long AllocatedBytes, double[][] Poses);

/// <summary>Follows a moving pose: each tick, Levenberg-Marquardt finds joint angles from those of the tick before.</summary>
internal sealed class Tracker
{
    private const double OrientationWeight = 0.3;   // metres per radian

    private readonly ParameterStore store = new();
    private readonly Variable target = new("target", [3, 3], dtype: DType.Float64);   // position, first axis, third axis
    private readonly LevenbergMarquardt solver;

    public Tracker()
    {
        Node angles = Input("angles", DType.Float64, [Chain.Joints]);
        var tool = Chain.Forward(angles)[^1];
        Node weights = Constant(new double[,] { { 1 }, { OrientationWeight }, { OrientationWeight } });
        Node error = (Stack([tool.At, tool.X, tool.Z]) - target) * weights;
        solver = new(new([angles], [error]), store: store, options: new() { TargetValue = 1e-16, MaxIterations = 50 });
    }

    /// <summary>Where the tool shall be: an eight in a plane above the table, the tool pointing down.</summary>
    /// <param name="turn">From 0 to 1.</param>
    public static double[] Target(double turn)
    {
        double a = 2 * Math.PI * turn;
        return [0.5 + 0.08 * Math.Sin(2 * a), 0.25 * Math.Sin(a), 0.25, -1, 0, 0, 0, 0, -1];
    }

    /// <summary>Follows the eight.</summary>
    /// <param name="ticks">In how many steps.</param>
    public Track Follow(int ticks)
    {
        double[] angles = [0, 0.6, 0, -1.4, 0, 1.1, 0];
        var (times, iterations, poses, worst, allocated) = (new double[ticks], new int[ticks], new double[ticks][], 0.0, 0L);
        for (int i = -50; i < ticks; i++)   // the first fifty, at rest, find the pose to begin with
        {
            double[] goal = Target(Math.Max(i, 0) / (double)ticks);
            long bytes = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            store.Set<double>("target", goal);
            var report = solver.Minimise(angles);
            double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            if (i < 0)
                continue;
            (times[i], iterations[i], poses[i]) = (time, report.Iterations, [.. angles]);
            (worst, allocated) = (Math.Max(worst, Math.Sqrt(report.Value)), allocated + bytes);
        }
        return new(times, iterations, worst, allocated, poses);
    }
}
