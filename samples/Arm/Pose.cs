using System.Diagnostics;
using Adjoint;
using static Adjoint.Ops;

namespace Arm;

/// <summary>The tool's position and pointing direction, [6], and their derivatives with respect to the angles, [6, 7].</summary>
internal delegate void PoseAndJacobian(ReadOnlySpan<double> angles, Span<double> pose, Span<double> jacobian);

/// <summary>Pose and Jacobian as one function for a control loop.</summary>
internal static class Pose
{
    /// <summary>Compiles them together: sines, cosines and frames are shared.</summary>
    public static PoseAndJacobian Compile()
    {
        Node angles = Input("angles", DType.Float64, [Chain.Joints]);
        var tool = Chain.Forward(angles)[^1];
        Node pose = Concat([tool.At, tool.Z], 0);
        return new Computation([angles], [pose, Jacobian.Of(pose, angles)]).Compile<PoseAndJacobian>();
    }

    /// <summary>Nanoseconds of a call, the best of ten rounds.</summary>
    public static double Nanoseconds(PoseAndJacobian f, int calls)
    {
        double[] angles = [0, 0.6, 0, -1.4, 0, 1.1, 0], pose = new double[6], jacobian = new double[6 * Chain.Joints];
        double best = double.PositiveInfinity;
        for (int round = 0; round < 10; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++)
            {
                angles[0] = 1e-3 * i;
                f(angles, pose, jacobian);
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls);
        }
        return best;
    }
}
