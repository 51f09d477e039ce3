using static Adjoint.Ops;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// From the 26 parameters of a pose to the transforms of all bones, the first half of problem 3 of ADBench: a rotation vector and a
/// translation of the whole hand, then four angles a finger.
/// </summary>
/// <remarks>
/// Straight-line code on numbers: a finger's angle moves at most three bones, and as each of the 26 tangents is taken by itself, all that
/// it does not reach is known to be zero before any code exists.
/// </remarks>
internal static class HandPose
{
    public const int Parameters = 26, Translation = 3, Fingers = 6, FingerAngles = 4;

    /// <summary>The columns of the bones' transforms, [4 bones, 3].</summary>
    public delegate void Transforms(ReadOnlySpan<double> theta, Span<double> transforms);

    /// <summary>The same, and their derivatives by each parameter, [4 bones, 3, 26].</summary>
    public delegate void TransformsAndJacobian(ReadOnlySpan<double> theta, Span<double> transforms, Span<double> jacobian);

    public static Transforms Compile(HandModel hand, CompileOptions options)
    {
        Node theta = Input("theta", DType.Float64, [Parameters]);
        return new Computation([theta], [Stack(Of(hand, Angles(theta)))], name: "hand_pose").Compile<Transforms>(options: options);
    }

    public static TransformsAndJacobian CompileJacobian(HandModel hand, CompileOptions options)
    {
        Node theta = Input("theta", DType.Float64, [Parameters]);
        Node[] angles = Angles(theta), transforms = Of(hand, angles);
        Node[][] tangents = [.. angles.Select(a => Gradient.Jvp(transforms, [a], [OnesLike(a)]))];
        Node jacobian = Stack([.. transforms.SelectMany((_, i) => tangents.Select(t => t[i]))]);
        return new Computation([theta], [Stack(transforms), jacobian],
            name: "hand_pose_jacobian").Compile<TransformsAndJacobian>(options: options);
    }

    private static Node[] Angles(Node theta) => [.. Enumerable.Range(0, Parameters).Select(i => Reshape(Slice(theta, 0, i, i + 1), []))];

    // Numbers of [4 bones, 3]: the columns of each bone's transform, in space.
    private static Node[] Of(HandModel hand, Node[] theta)
    {
        var absolute = new Affine[hand.Bones.Length];
        var numbers = new List<Node>();
        var (x, y, z) = Rotation(new(theta[0], theta[1], theta[2]));
        for (int b = 0; b < absolute.Length; b++)
        {
            var bone = hand.Bones[b];
            absolute[b] = Turned(bone.Parent < 0 ? Affine.Of(bone.Relative) : absolute[bone.Parent].After(bone.Relative), b, theta);
            foreach (var column in absolute[b].After(bone.InverseAbsolute).Then(x, y, z).Columns)
                numbers.AddRange([column.X, column.Y, column.Z]);
        }
        return [.. numbers];
    }

    // The bones of a finger: one without angles, one that turns about two axes, two about one.
    private static Affine Turned(Affine bone, int index, Node[] theta)
    {
        int finger = (index - 1) / FingerAngles, angles = Fingers + FingerAngles * finger;
        return index == 0 || angles >= Parameters ? bone : ((index - 1) % FingerAngles) switch
        {
            1 => bone.AfterTurnZ(theta[angles + 1]).AfterTurnX(theta[angles]),
            2 => bone.AfterTurnX(theta[angles + 2]),
            3 => bone.AfterTurnX(theta[angles + 3]),
            _ => bone,
        };
    }

    // cos t I + (1 - cos t) e e^T + sin t [e]x as columns; the identity where the angle is below 1e-4.
    private static (Vector3 X, Vector3 Y, Vector3 Z) Rotation(Vector3 r)
    {
        const double smallest = 1e-4;
        Node square = Vector3.Dot(r, r), isSmall = square < smallest * smallest;
        Node angle = Sqrt(Where(isSmall, OnesLike(square), square));
        Vector3 e = r * (1 / angle);
        Node cos = Cos(angle), sin = Sin(angle), rest = 1 - cos;
        Node zero = Constant(0.0), one = Constant(1.0);
        Vector3 Column(Node along, Vector3 axis) =>
            Vector3.Select(isSmall, axis, e * (along * rest) + axis * cos + Vector3.Cross(e, axis) * sin);
        return (Column(e.X, new(one, zero, zero)), Column(e.Y, new(zero, one, zero)), Column(e.Z, new(zero, zero, one)));
    }
}
