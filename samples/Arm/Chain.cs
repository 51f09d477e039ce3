using Adjoint;
using static Adjoint.Ops;

namespace Arm;

/// <summary>Where a joint or the tool is, and how its axes lie: vectors of three as graph nodes.</summary>
/// <param name="At">Position in metres.</param>
/// <param name="X">First axis.</param>
/// <param name="Y">Second axis.</param>
/// <param name="Z">Third axis: the joint turns about it.</param>
internal sealed record Frame(Node At, Node X, Node Y, Node Z)
{
    /// <summary>
    /// Moved along the third axis, turned about it by an angle,
    /// then tipped about the first axis by -1, 0 or 1 right angles.
    /// </summary>
    public Frame Next(double length, Node angle, int tip)
    {
        Node at = At + length * Z, c = Cos(angle), s = Sin(angle), x = c * X + s * Y, y = c * Y - s * X;
        return tip switch { 1 => new(at, x, Z, -y), -1 => new(at, x, -Z, y), _ => new(at, x, y, Z) };
    }
}

/// <summary>An arm of seven joints whose axes cross in shoulder, elbow and wrist, as of the common light-weight robots.</summary>
internal static class Chain
{
    /// <summary>Joints.</summary>
    public const int Joints = 7;

    // Metres along each joint's axis, and how the next axis is tipped.
    private static readonly (double Length, int Tip)[] Links = [(0.34, -1), (0, 1), (0.4, 1), (0, -1), (0.4, -1), (0, 1), (0, 0)];

    private const double Flange = 0.126;

    /// <summary>Frames of all joints and of the tool, from the angles (radians, shape [7]).</summary>
    public static List<Frame> Forward(Node angles)
    {
        Node Unit(int axis) => Constant(Enumerable.Range(0, 3).Select(i => i == axis ? 1.0 : 0.0).ToArray());
        List<Frame> frames = [new(Constant(new double[3]), Unit(0), Unit(1), Unit(2))];
        for (int i = 0; i < Joints; i++)
            frames.Add(frames[^1].Next(Links[i].Length, Reshape(Slice(angles, 0, i, i + 1), []), Links[i].Tip));
        frames.Add(frames[^1] with { At = frames[^1].At + Flange * frames[^1].Z });
        return frames;
    }
}
