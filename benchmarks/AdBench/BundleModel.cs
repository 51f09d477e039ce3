using static Adjoint.Ops;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// Bundle adjustment, problem 2 of ADBench: p observations of m points by n cameras, each observation two weighted reprojection residuals
/// and one of its weight. Camera: rotation vector, centre, focal length, principal point, two radial distortions.
/// </summary>
/// <remarks>
/// An observation's residuals depend on its own camera, point and weight alone. With parameters gathered per observation, the gradient of
/// the sum of all first residuals is therefore the first row of every observation's block of the Jacobian at once; the same for the second.
/// </remarks>
internal sealed class BundleModel
{
    public const int CameraSize = 11, PointSize = 3, BlockColumns = CameraSize + PointSize + 1;

    /// <summary>Residuals: [p, 2] of reprojections, [p] of weights.</summary>
    public delegate void Residuals(ReadOnlySpan<double> cameras, ReadOnlySpan<double> points, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> features, ReadOnlySpan<int> cameraOf, ReadOnlySpan<int> pointOf,
        Span<double> reprojections, Span<double> weightErrors);

    /// <summary>Residuals, and the values of the sparse Jacobian: [p, 2, 15] of reprojections, [p] of weights.</summary>
    public delegate void ResidualsAndJacobian(ReadOnlySpan<double> cameras, ReadOnlySpan<double> points, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> features, ReadOnlySpan<int> cameraOf, ReadOnlySpan<int> pointOf,
        Span<double> reprojections, Span<double> weightErrors,
        Span<double> blocks, Span<double> weightSlopes);

    private readonly Node[] inputs;
    private readonly Output[] outputs;
    private readonly Node[] parameters;             // of each observation: camera, point, weight
    private readonly Node first, second, weightError;

    public BundleModel(int n, int m)
    {
        Node cameras = Input("cameras", DType.Float64, [n, CameraSize]), points = Input("points", DType.Float64, [m, PointSize]);
        Dim p = "p";
        Node weights = Input("weights", DType.Float64, [p]), features = Input("features", DType.Float64, [p, 2]);
        Node cameraOf = Input("camera_of", DType.Int32, [p]), pointOf = Input("point_of", DType.Int32, [p]);
        inputs = [cameras, points, weights, features, cameraOf, pointOf];
        parameters = [.. Columns(cameras).Select(c => Gather(c, cameraOf)), .. Columns(points).Select(c => Gather(c, pointOf)), weights];
        (Node u, Node v) = Project(parameters[..CameraSize], new(parameters[11], parameters[12], parameters[13]));
        Node[] feature = Columns(features);
        (first, second, weightError) = (weights * (u - feature[0]), weights * (v - feature[1]), 1 - Square(weights));
        outputs = [Stack([first, second], 1), weightError];
    }

    public Residuals Compile(CompileOptions options) =>
        new Computation(inputs, [.. outputs], name: "bundle").Compile<Residuals>(options: options);

    public ResidualsAndJacobian CompileJacobian(CompileOptions options) => Jacobian().Compile<ResidualsAndJacobian>(options: options);

    /// <summary>Residuals and the values of their Jacobian.</summary>
    public Computation Jacobian()
    {
        Node blocks = Stack([.. Gradient.Of(Sum(first), parameters), .. Gradient.Of(Sum(second), parameters)], 1);
        Node slopes = Gradient.Of(Sum(weightError), [parameters[^1]])[0];
        return new(inputs, [.. outputs, blocks, slopes], name: "bundle_jacobian");
    }

    private static Node[] Columns(Node x) =>
        [.. Enumerable.Range(0, (int)x.Shape[1].Constant).Select(i => Reshape(Slice(x, 1, i, i + 1), [x.Shape[0]]))];

    private static (Node U, Node V) Project(Node[] camera, Vector3 point)
    {
        var (rotation, centre) = (new Vector3(camera[0], camera[1], camera[2]), new Vector3(camera[3], camera[4], camera[5]));
        var z = Rotate(rotation, point - centre);
        Node inverse = Reciprocal(z.Z), x = z.X * inverse, y = z.Y * inverse, s = x * x + y * y;
        Node scale = camera[6] * (1 + camera[9] * s + camera[10] * s * s);
        return (scale * x + camera[7], scale * y + camera[8]);
    }

    // Rodrigues' formula; its limit, linear in r, where the rotation is zero.
    private static Vector3 Rotate(Vector3 r, Vector3 y)
    {
        Node square = Vector3.Dot(r, r), isZero = Equal(square, ZerosLike(square));
        Node inverse = Rsqrt(Where(isZero, OnesLike(square), square)), angle = square * inverse;
        Vector3 axis = r * inverse;
        Vector3 turned = y * Cos(angle) + Vector3.Cross(axis, y) * Sin(angle) + axis * (Vector3.Dot(axis, y) * (1 - Cos(angle)));
        return Vector3.Select(isZero, y + Vector3.Cross(r, y), turned);
    }
}
