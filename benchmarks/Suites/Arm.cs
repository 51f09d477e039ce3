using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>A 7-joint arm of the usual build: joints turn about z, links are twisted by 90 degrees against each other.</summary>
internal static class Arm
{
    /// <summary>Sine of each link's twist about x: -1, 0 or 1.</summary>
    public static readonly double[] Twists = [-1, 1, 1, -1, -1, 1, 0];

    /// <summary>Metres along each joint's axis.</summary>
    public static readonly double[] Offsets = [0.34, 0, 0.4, 0, 0.4, 0, 0.126];

    /// <summary>Metres from the last joint to the tool's tip.</summary>
    public const double Tool = 0.1;

    /// <summary>From 7 angles to the tool's position and axis [6], and their Jacobian [6, 7].</summary>
    public static Computation Kinematics()
    {
        Node angles = Input("angles", DType.Float64, [7]);
        Node frame = Constant(new double[,] { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } });
        for (int j = 0; j < 7; j++)
            frame = MatMul(frame, Joint(Reshape(Slice(angles, 0, j, j + 1), []), Twists[j], Offsets[j]));
        Node tip = MatMul(frame, Constant(new[,] { { 0, 0.0 }, { 0, 0 }, { Tool, 1 }, { 1, 0 } }));
        Node pose = Reshape(Transpose(Slice(tip, 0, 0, 3), [1, 0]), [6]);
        return new Computation([angles], [("pose", pose), ("slopes", Jacobian.Of(pose, angles))], name: "arm");
    }

    // Denavit and Hartenberg, 1955: a turn about z, a shift along z, a twist about x.
    private static Node Joint(Node angle, double twist, double offset)
    {
        Node c = Cos(angle), s = Sin(angle), zero = Scalar(DType.Float64, 0), one = Scalar(DType.Float64, 1);
        double ca = twist == 0 ? 1 : 0;
        return Reshape(Stack([c, -s * ca, s * twist, zero, s, c * ca, -c * twist, zero,
            zero, Scalar(DType.Float64, twist), Scalar(DType.Float64, ca), Scalar(DType.Float64, offset), zero, zero, zero, one]), [4, 4]);
    }
}
