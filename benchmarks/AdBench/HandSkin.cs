using static Adjoint.Ops;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// From the bones' transforms to the residuals of C correspondences, the second half of problem 3 of ADBench: measured points minus
/// vertices ("simple"), or minus points of triangles whose barycentric coordinates are parameters too ("complicated").
/// </summary>
/// <remarks>
/// A place on the hand is linear in the transforms of the few bones that it follows, and so are its tangents: the sum over these bones
/// and the four columns of a transform of <c>share * column</c>, plus the translation. The hand and the correspondences are constants; only
/// vertices that correspond to something are computed.
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

    private readonly int count, bones;
    private readonly Node transforms, theta, measured, coordinates, shares, followed, residuals;
    private readonly Node[] own;                          // each correspondence's coordinates, [C]

    /// <param name="corners">Per correspondence the shares of its vertex, or of its triangle's three corners: [C, 4 bones] each.</param>
    /// <param name="bones">How many bones there are.</param>
    public HandSkin(double[][] corners, int bones)
    {
        (count, this.bones) = (corners[0].Length / (4 * bones), bones);
        transforms = Input("transforms", DType.Float64, [bones, 4, 3]);
        theta = Input("theta", DType.Float64, [Parameters]);
        measured = Input("measured", DType.Float64, [count, 3]);
        coordinates = Input("coordinates", DType.Float64, [count, corners.Length - 1]);
        int[][] bonesOf = [.. Enumerable.Range(0, count).Select(i => BonesOf(corners, i))];
        int most = bonesOf.Max(b => b.Length);
        followed = Constant(HostTensor.From(bonesOf.SelectMany(b => Filled(b, most)).ToArray(), [count, most]));
        double[] SharesAt(double[] corner, int i) => [.. bonesOf[i].SelectMany(b => corner.AsSpan(4 * (i * bones + b), 4).ToArray())];
        Node SharesOf(double[] corner) => Constant(HostTensor.From(Enumerable.Range(0, count)
            .SelectMany(i => Filled(SharesAt(corner, i), 4 * most)).ToArray(), [count, most, 4, 1]));
        own = [.. Enumerable.Range(0, corners.Length - 1).Select(i => Slice(coordinates, 1, i, i + 1))];
        Node[] of = [.. corners.Select(SharesOf)];
        shares = of[^1];
        for (int i = 0; i < own.Length; i++)
            shares += Reshape(own[i], [count, 1, 1, 1]) * (of[i] - of[^1]);
        Node translation = Slice(theta, 0, HandPose.Translation, HandPose.Translation + 3);
        residuals = measured - (Skinned(transforms) + translation);
    }

    // The bones that move a correspondence.
    private int[] BonesOf(double[][] corners, int correspondence) => [.. Enumerable.Range(0, bones).Where(bone =>
        corners.Any(c => c.AsSpan(4 * (correspondence * bones + bone), 4).ContainsAnyExcept(0.0)))];

    // The same number of elements for all: those that are missing are zeros, shares of the first bone.
    private static IEnumerable<T> Filled<T>(T[] elements, int count) =>
        elements.Concat(Enumerable.Repeat(default(T)!, count - elements.Length));

    // What correspondences take from the columns of the transforms, or from their tangents: [bones, 4, n] to [C, n].
    private Node Skinned(Node columns) => Sum(shares * Gather(columns, followed), [1, 2]);

    public Residuals Compile(CompileOptions options) =>
        new Computation([transforms, theta, measured, coordinates], [residuals], name: "hand").Compile<Residuals>(options: options);

    public ResidualsAndJacobian CompileJacobian(CompileOptions options)
    {
        Node slopes = Input("slopes", DType.Float64, [bones, 4, 3 * Parameters]);
        Node byPose = Reshape(-Skinned(slopes) - Constant(OfTranslation()), [count, 3, Parameters]);
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
        return HostTensor.From(slopes, [3 * Parameters]);
    }
}
