namespace Adjoint.Benchmarks.AdBench;

/// <summary>Reprojection residuals by plain C#, one observation at a time: what the machine makes of scalar code.</summary>
internal static class BundleScalar
{
    public static void Residuals(double[] cameras, double[] points, double[] weights, double[] features, int[] cameraOf,
        int[] pointOf, double[] result)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            var camera = cameras.AsSpan(BundleModel.CameraSize * cameraOf[i], BundleModel.CameraSize);
            var point = points.AsSpan(BundleModel.PointSize * pointOf[i], BundleModel.PointSize);
            var (x, y, z) = Rotate(camera[0], camera[1], camera[2], point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]);
            double u = x / z, v = y / z, s = u * u + v * v, scale = camera[6] * (1 + camera[9] * s + camera[10] * s * s);
            result[2 * i] = weights[i] * (scale * u + camera[7] - features[2 * i]);
            result[2 * i + 1] = weights[i] * (scale * v + camera[8] - features[2 * i + 1]);
        }
    }

    private static (double X, double Y, double Z) Rotate(double a, double b, double c, double x, double y, double z)
    {
        double square = a * a + b * b + c * c;
        if (square == 0)
            return (x + b * z - c * y, y + c * x - a * z, z + a * y - b * x);
        double angle = Math.Sqrt(square);
        var (sin, cos) = Math.SinCos(angle);
        (a, b, c) = (a / angle, b / angle, c / angle);
        double along = (a * x + b * y + c * z) * (1 - cos);
        return (x * cos + (b * z - c * y) * sin + a * along, y * cos + (c * x - a * z) * sin + b * along,
            z * cos + (a * y - b * x) * sin + c * along);
    }
}
