namespace Adjoint.Benchmarks.AdBench;

/// <summary>A file of Gaussian mixtures: <c>D K N</c>, then alpha, mu, and q and l of each component, the points, gamma and m.</summary>
internal sealed class GmmProblem : Problem
{
    /// <summary>
    /// Bytes of all maps' values at a block of points: with as many
    /// of their derivatives they stay in the second-level cache.
    /// </summary>
    private const int BlockBytes = 1 << 19;

    /// <summary>Points per block at least, so that what is done once per block is little.</summary>
    private const int LeastBlock = 64;

    /// <summary>Points that a product takes side by side, two registers of them: blocks are whole such panels.</summary>
    private const int Panel = 16;

    private readonly int d, k, n, block;
    private readonly double[] alpha, mu, icf, points, columns, roots, offsets, heights, gradient, prior = new double[1];
    private readonly GmmModel.Components components;
    private readonly GmmModel.Gradients gradients;
    private readonly (GmmModel.Block Value, GmmModel.BlockAndGradient Gradient) whole, rest;    // rest: the points that fill no block
    private double[] byRoots, byOffsets, byHeights, nextByRoots, nextByOffsets, nextByHeights;
    private double value;

    public GmmProblem(string path, CompileOptions options)
    {
        var file = new NumberReader(path);
        (d, k, n) = (file.Int32(), file.Int32(), file.Int32());
        (alpha, mu, icf) = (file.Doubles(k), file.Doubles(k * d), file.Doubles(k * (d + d * (d - 1) / 2)));
        points = file.Doubles(n * d);
        gradient = new double[alpha.Length + mu.Length + icf.Length];
        (roots, byRoots, nextByRoots) = (new double[k * d * d], new double[k * d * d], new double[k * d * d]);
        (offsets, byOffsets, nextByOffsets) = (new double[k * d], new double[k * d], new double[k * d]);
        (heights, byHeights, nextByHeights) = (new double[k], new double[k], new double[k]);
        var model = new GmmModel(d, k, n, gamma: file.Double(), m: file.Double());
        // Unrolled, these are thousands of instructions that run once per evaluation: fetching them takes longer than the loops do.
        var loops = options with { Flatten = Flattening.Never };
        (components, gradients) = (model.CompileComponents(loops), model.CompileGradients(loops));
        int most = Math.Max(LeastBlock, BlockBytes / (sizeof(double) * k * d)), blocks = (n + most - 1) / most;
        block = Math.Min(n, ((n + blocks - 1) / blocks + Panel - 1) / Panel * Panel);
        columns = InBlocks();
        (GmmModel.Block, GmmModel.BlockAndGradient) Compile(int count) =>
            (model.CompileBlock(count, options), model.CompileBlockGradient(count, options));
        (whole, rest) = (Compile(block), n % block > 0 ? Compile(n % block) : default);
    }

    public override double Objective()
    {
        value = components(alpha, mu, icf, roots, offsets, heights, prior);
        for (int i = 0; i < n; i += block)
            value += Of(i).Value(roots, offsets, heights, PointsOf(i));
        return value - prior[0];
    }

    public override void Derivatives()
    {
        value = components(alpha, mu, icf, roots, offsets, heights, prior);
        foreach (double[] sums in new[] { byRoots, byOffsets, byHeights })
            sums.AsSpan().Clear();
        for (int i = 0; i < n; i += block)
        {
            value += Of(i).Gradient(roots, offsets, heights, PointsOf(i), byRoots, byOffsets, byHeights,
                nextByRoots, nextByOffsets, nextByHeights);
            (byRoots, byOffsets, byHeights, nextByRoots, nextByOffsets, nextByHeights) =
                (nextByRoots, nextByOffsets, nextByHeights, byRoots, byOffsets, byHeights);
        }
        gradients(alpha, mu, icf, byRoots, byOffsets, byHeights,
            gradient.AsSpan(0, k), gradient.AsSpan(k, k * d), gradient.AsSpan(k + k * d));
    }

    public override double ScalarObjective() => GmmScalar.LogLikelihood(d, k, n, alpha, mu, icf, points);

    public override void Write(RecordWriter records)
    {
        records.Scalar("objective", value);
        records.Scalar("objective_adbench_sign", value - 2 * prior[0]);   // ADBench's own programs subtract the prior
        records.Vector("gradient", gradient);
    }

    private (GmmModel.Block Value, GmmModel.BlockAndGradient Gradient) Of(int first) => first + block <= n ? whole : rest;

    // Points coordinate by coordinate: blocks one after the other, each [D, n of the block].
    private double[] InBlocks()
    {
        var result = new double[points.Length];
        for (int first = 0, at = 0; first < n; first += block)
            for (int axis = 0; axis < d; axis++)
                for (int i = first; i < Math.Min(n, first + block); i++)
                    result[at++] = points[i * d + axis];
        return result;
    }

    private ReadOnlySpan<double> PointsOf(int first) => columns.AsSpan(first * d, Math.Min(block, n - first) * d);
}
