namespace Adjoint.Benchmarks.AdBench;

/// <summary>Residuals of hand tracking by plain C# loops over matrices: what the machine makes of scalar code.</summary>
internal sealed class HandScalar(HandModel hand, double[][] shares)
{
    private readonly double[][] absolute = [.. hand.Bones.Select(_ => new double[12])];
    private readonly double[] transforms = new double[12 * hand.Bones.Length], turned = new double[12], global = new double[9];

    public void Residuals(double[] theta, double[] measured, double[] coordinates, double[] result)
    {
        Pose(theta);
        int own = shares.Length - 1, width = 4 * hand.Bones.Length;
        for (int i = 0; i < result.Length / 3; i++)
            for (int axis = 0; axis < 3; axis++)
            {
                double place = 0, last = 1;
                for (int corner = 0; corner <= own; corner++)
                {
                    double part = corner < own ? coordinates[i * own + corner] : last;
                    last -= part;
                    place += part * Place(shares[corner].AsSpan(i * width, width), axis);
                }
                result[3 * i + axis] = measured[3 * i + axis] - (place + theta[HandPose.Translation + axis]);
            }
    }

    private double Place(ReadOnlySpan<double> of, int axis)
    {
        double sum = 0;
        for (int j = 0; j < of.Length; j++)
            if (of[j] != 0)
                sum += of[j] * transforms[3 * j + axis];
        return sum;
    }

    private void Pose(double[] theta)
    {
        SetGlobal(theta[0], theta[1], theta[2]);
        for (int b = 0; b < hand.Bones.Length; b++)
        {
            var bone = hand.Bones[b];
            int finger = (b - 1) / 4, part = (b - 1) % 4, h = 6 + 4 * finger;
            double x = b == 0 || h >= theta.Length ? 0 : part switch { 1 => theta[h], 2 => theta[h + 2], 3 => theta[h + 3], _ => 0 };
            double z = b > 0 && h < theta.Length && part == 1 ? theta[h + 1] : 0;
            Turn(bone.Relative, x, z);
            Multiply(bone.Parent < 0 ? null : absolute[bone.Parent], turned, absolute[b]);
            Multiply(absolute[b], bone.InverseAbsolute, turned);
            for (int row = 0; row < 3; row++)
                for (int column = 0; column < 4; column++)
                    transforms[12 * b + 3 * column + row] =
                        global[3 * row] * turned[column] + global[3 * row + 1] * turned[4 + column]
                        + global[3 * row + 2] * turned[8 + column];
        }
    }

    // turned = base * Rz(z) * Rx(x).
    private void Turn(double[] from, double x, double z)
    {
        var ((sx, cx), (sz, cz)) = (Math.SinCos(x), Math.SinCos(z));
        for (int row = 0; row < 3; row++)
        {
            double a = from[4 * row], b = from[4 * row + 1], c = from[4 * row + 2], d = b * cz - a * sz;
            (turned[4 * row], turned[4 * row + 1], turned[4 * row + 2]) = (a * cz + b * sz, d * cx + c * sx, c * cx - d * sx);
            turned[4 * row + 3] = from[4 * row + 3];
        }
    }

    private static void Multiply(double[]? a, double[] b, double[] result)
    {
        for (int row = 0; row < 3; row++)
            for (int column = 0; column < 4; column++)
                result[4 * row + column] = a is null ? b[4 * row + column]
                    : a[4 * row] * b[column] + a[4 * row + 1] * b[4 + column] + a[4 * row + 2] * b[8 + column]
                    + (column == 3 ? a[4 * row + 3] : 0);
    }

    private void SetGlobal(double x, double y, double z)
    {
        double angle = Math.Sqrt(x * x + y * y + z * z);
        bool isSmall = angle < 1e-4;
        var (sin, cos) = isSmall ? (0, 1) : Math.SinCos(angle);
        double[] e = isSmall ? [0, 0, 0] : [x / angle, y / angle, z / angle];
        double[] cross = [0, -e[2], e[1], e[2], 0, -e[0], -e[1], e[0], 0];
        for (int i = 0; i < 9; i++)
            global[i] = (i % 4 == 0 ? cos : 0) + (1 - cos) * e[i / 3] * e[i % 3] + sin * cross[i];
    }
}
