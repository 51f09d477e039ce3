namespace Adjoint.Benchmarks;

/// <summary>Tool position, tool axis and their Jacobian of a 7-joint arm as one writes them by hand: the geometric Jacobian.</summary>
internal static class ArmByHand
{
    /// <summary>Writes position and axis (6), and their slopes in the joint angles (6 rows of 7).</summary>
    public static void Evaluate(ReadOnlySpan<double> angle, Span<double> pose, Span<double> slopes)
    {
        Span<double> axes = stackalloc double[21], origins = stackalloc double[21];
        double r00 = 1, r01 = 0, r02 = 0, r10 = 0, r11 = 1, r12 = 0, r20 = 0, r21 = 0, r22 = 1, px = 0, py = 0, pz = 0;
        for (int j = 0; j < 7; j++)
        {
            (axes[3 * j], axes[3 * j + 1], axes[3 * j + 2]) = (r02, r12, r22);
            (origins[3 * j], origins[3 * j + 1], origins[3 * j + 2]) = (px, py, pz);
            var (sin, cos) = Math.SinCos(angle[j]);
            double turn = Arm.Twists[j], offset = Arm.Offsets[j];   // the twist is -90, 0 or 90 degrees: its sine
            px += r02 * offset;
            py += r12 * offset;
            pz += r22 * offset;
            double x0 = r00 * cos + r01 * sin, x1 = r10 * cos + r11 * sin, x2 = r20 * cos + r21 * sin;
            double y0 = r01 * cos - r00 * sin, y1 = r11 * cos - r10 * sin, y2 = r21 * cos - r20 * sin;
            (r00, r10, r20) = (x0, x1, x2);
            if (turn == 0)
                (r01, r11, r21) = (y0, y1, y2);
            else
                (r01, r11, r21, r02, r12, r22) = (turn * r02, turn * r12, turn * r22, -turn * y0, -turn * y1, -turn * y2);
        }
        px += r02 * Arm.Tool;
        py += r12 * Arm.Tool;
        pz += r22 * Arm.Tool;
        (pose[0], pose[1], pose[2], pose[3], pose[4], pose[5]) = (px, py, pz, r02, r12, r22);
        for (int j = 0; j < 7; j++)
        {
            double ax = axes[3 * j], ay = axes[3 * j + 1], az = axes[3 * j + 2];
            double dx = px - origins[3 * j], dy = py - origins[3 * j + 1], dz = pz - origins[3 * j + 2];
            slopes[j] = ay * dz - az * dy;
            slopes[7 + j] = az * dx - ax * dz;
            slopes[14 + j] = ax * dy - ay * dx;
            slopes[21 + j] = ay * r22 - az * r12;
            slopes[28 + j] = az * r02 - ax * r22;
            slopes[35 + j] = ax * r12 - ay * r02;
        }
    }
}
