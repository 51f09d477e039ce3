using static Adjoint.Ops;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// From the bones' transforms to the residuals of C correspondences, the second half of problem 3 of ADBench: measured points minus
/// vertices ("simple"), or minus points of triangles whose barycentric coordinates are parameters too ("complicated").
/// </summary>
/// <remarks>
/// A place on the hand is linear in the transforms: <c>shares [4 bones] * transforms [4 bones, 3] + translation</c>, and so are its
/// tangents. The hand and the correspondences are constants; only vertices that correspond to something are computed.
/// </remarks>
internal sealed class HandSkin
{
    /// <summary>Residuals [C, 3].</summary>
    public delegate void Residuals(ReadOnlySpan<double> transforms, ReadOnlySpan<double> theta, ReadOnlySpan<double> measured,
        ReadOnlySpan<double> coordinates, Span<double> residuals);

    /// <summary>
    /// Residuals [C, 3] and their Jacobian [C, 3, 26], or [C, 3,
    /// 28] with the own coordinates of the correspondence first.
    /// </summary>
    public delegate void ResidualsAndJacobian(ReadOnlySpan<double> transforms, ReadOnlySpan<double> slopes, ReadOnlySpan<double> theta,
        ReadOnlySpan<double> measured, ReadOnlySpan<double> coordinates, Span<double> residuals, Span<double> jacobian);

    private const int Parameters = HandPose.Parameters;

    private readonly int count, columns;
    private readonly Node transforms, theta, measured, coordinates, shares, residuals;
    private readonly Node[] own;                          // each correspondence's coordinates, [C]

    /// <param name="corners">Per correspondence the shares of its vertex, or of its triangle's three corners: [C, 4 bones] each.</param>
    /// <param name="columns">4 bones.</param>
    public HandSkin(double[][] corners, int columns)
    {
        (count, this.columns) = (corners[0].Length / columns, columns);
        transforms = Input("transforms", DType.Float64, [columns, 3]);
        theta = Input("theta", DType.Float64, [Parameters]);
        measured = Input("measured", DType.Float64, [count, 3]);
        coordinates = Input("coordinates", DType.Float64, [count, corners.Length - 1]);
        own = [.. Enumerable.Range(0, corners.Length - 1).Select(i => Slice(coordinates, 1, i, i + 1))];
        Node[] of = [.. corners.Select(c => Constant(HostTensor.From(c, [count, columns])))];
        shares = of[^1];
        for (int i = 0; i < own.Length; i++)
            shares += own[i] * (of[i] - of[^1]);
        Node translation = Slice(theta, 0, HandPose.Translation, HandPose.Translation + 3);
        residuals = measured - (MatMul(shares, transforms) + translation);
    }

    public Residuals Compile(CompileOptions options) =>
        new Computation([transforms, theta, measured, coordinates], [residuals], name: "hand").Compile<Residuals>(options: options);

    public ResidualsAndJacobian CompileJacobian(CompileOptions options)
    {
        Node slopes = Input("slopes", DType.Float64, [columns, 3 * Parameters]);
        Node byPose = -Reshape(MatMul(shares, slopes), [count, 3, Parameters]) - Constant(OfTranslation());
        Node[] byOwn = [.. own.Select(c => ExpandDims(Gradient.Jvp([residuals], [c], [OnesLike(c)])[0], 2))];
        return new Computation([transforms, slopes, theta, measured, coordinates],
            [residuals, Concat([.. byOwn, byPose], 2)], name: "hand_jacobian")
            .Compile<ResidualsAndJacobian>(options: options);
    }

    private static HostTensor OfTranslation()
    {
        var slopes = new double[3 * Parameters];
        for (int axis = 0; axis < 3; axis++)
            slopes[axis * Parameters + HandPose.Translation + axis] = 1;
        return HostTensor.From(slopes, [3, Parameters]);
    }
}
