namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// A file of bundle adjustment: <c>n m p</c>, then either one camera, point, weight and feature that all observations are made from, or all
/// of them with the camera and point of each observation.
/// </summary>
internal sealed class BundleProblem : Problem
{
    private readonly int n, m, p;
    private readonly bool isUniform;
    private readonly double[] cameras, points, weights, features, reprojections, weightErrors, blocks, weightSlopes, yardstick;
    private readonly int[] cameraOf, pointOf;
    private readonly BundleModel.Residuals objective;
    private readonly BundleModel.ResidualsAndJacobian jacobian;

    public BundleProblem(string path, CompileOptions options)
    {
        var file = new NumberReader(path);
        (n, m, p) = (file.Int32(), file.Int32(), file.Int32());
        (cameras, points) = (new double[n * BundleModel.CameraSize], new double[m * BundleModel.PointSize]);
        (weights, features, cameraOf, pointOf) = (new double[p], new double[2 * p], new int[p], new int[p]);
        var first = file.Doubles(BundleModel.CameraSize);
        var rest = new List<double>();
        while (file.HasMore)
            rest.Add(file.Double());
        isUniform = rest.Count == BundleModel.PointSize + 3;
        if (isUniform)
            Repeat(first, [.. rest]);
        else
            Distribute([.. first, .. rest]);
        (reprojections, weightErrors, yardstick) = (new double[2 * p], new double[p], new double[2 * p]);
        (blocks, weightSlopes) = (new double[2 * p * BundleModel.BlockColumns], new double[p]);
        var model = new BundleModel(n, m);
        (objective, jacobian) = (model.Compile(options), model.CompileJacobian(options));
    }

    public override double Objective()
    {
        objective(cameras, points, weights, features, cameraOf, pointOf, reprojections, weightErrors);
        return reprojections[^1];
    }

    public override void Derivatives() =>
        jacobian(cameras, points, weights, features, cameraOf, pointOf, reprojections, weightErrors, blocks, weightSlopes);

    public override double ScalarObjective()
    {
        BundleScalar.Residuals(cameras, points, weights, features, cameraOf, pointOf, yardstick);
        return yardstick[^1];
    }

    public override void Write(RecordWriter records)
    {
        if (isUniform)
            WriteOfOne(records);
        else
            WriteAll(records);
    }

    private void Repeat(double[] camera, double[] rest)
    {
        for (int i = 0; i < cameras.Length; i++)
            cameras[i] = camera[i % camera.Length];
        for (int i = 0; i < points.Length; i++)
            points[i] = rest[i % BundleModel.PointSize];
        for (int i = 0; i < p; i++)
        {
            (cameraOf[i], pointOf[i], weights[i]) = (i % n, i % m, rest[3]);
            (features[2 * i], features[2 * i + 1]) = (rest[4], rest[5]);
        }
    }

    private void Distribute(double[] numbers)
    {
        numbers.AsSpan(0, cameras.Length).CopyTo(cameras);
        numbers.AsSpan(cameras.Length, points.Length).CopyTo(points);
        var observations = numbers.AsSpan(cameras.Length + points.Length);
        if (observations.Length != 5 * p)
            throw new FormatException($"{p} observations of five numbers were announced, {observations.Length} numbers follow.");
        for (int i = 0; i < p; i++)
        {
            var o = observations.Slice(5 * i, 5);
            (cameraOf[i], pointOf[i], weights[i], features[2 * i], features[2 * i + 1]) = ((int)o[0], (int)o[1], o[2], o[3], o[4]);
        }
    }

    private int PointColumns => BundleModel.CameraSize * n;

    private int WeightColumns => PointColumns + BundleModel.PointSize * m;

    // Columns of the stored values of an observation's two rows.
    private double[] ColumnsOf(int i) =>
    [
        .. Enumerable.Range(BundleModel.CameraSize * cameraOf[i], BundleModel.CameraSize).Select(c => (double)c),
        .. Enumerable.Range(PointColumns + BundleModel.PointSize * pointOf[i], BundleModel.PointSize)
        .Select(c => (double)c), WeightColumns + i,
    ];

    private void WriteSizes(RecordWriter records)
    {
        records.Scalar("nrows", 3.0 * p);
        records.Scalar("ncols", WeightColumns + p);
    }

    private void WriteOfOne(RecordWriter records)
    {
        DemandAlike();
        records.Vector("reproj_err_each_observation", reprojections.AsSpan(0, 2));
        records.Vector("weight_err_each_observation", weightErrors.AsSpan(0, 1));
        WriteSizes(records);
        records.Scalar("nonzeros", 31.0 * p);
        records.Matrix("block_values", BundleModel.BlockColumns, blocks.AsSpan(0, 2 * BundleModel.BlockColumns));
        records.Scalar("weight_row_value", weightSlopes[0]);
        foreach (int i in new[] { 0, 1, 7, p / 2, p - 1 })
            records.Matrix($"columns_of_observation_{i}", BundleModel.BlockColumns, ColumnsOf(i));
        records.Scalar("column_of_last_weight_row", WeightColumns + p - 1);
    }

    // Only one observation's results are written, so all others have to be the same.
    private void DemandAlike()
    {
        const int block = 2 * BundleModel.BlockColumns;
        for (int i = 1; i < p; i++)
            if (!blocks.AsSpan(i * block, block).SequenceEqual(blocks.AsSpan(0, block)) || weightSlopes[i] != weightSlopes[0]
                || !reprojections.AsSpan(2 * i, 2).SequenceEqual(reprojections.AsSpan(0, 2)) || weightErrors[i] != weightErrors[0])
                throw new InvalidOperationException($"observation {i} has other results than observation 0, from the same numbers.");
    }

    private void WriteAll(RecordWriter records)
    {
        records.Vector("reproj_err", reprojections);
        records.Vector("weight_err", weightErrors);
        WriteSizes(records);
        records.Vector("row_offsets", [.. Enumerable.Range(0, 2 * p + 1).Select(r => (double)BundleModel.BlockColumns * r),
            .. Enumerable.Range(1, p).Select(i => (double)2 * p * BundleModel.BlockColumns + i)]);
        records.Vector("columns", [.. Enumerable.Range(0, p).SelectMany(i => ColumnsOf(i).Concat(ColumnsOf(i))),
            .. Enumerable.Range(0, p).Select(i => (double)WeightColumns + i)]);
        records.Vector("values", [.. blocks, .. weightSlopes]);
    }
}
