namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// A file of hand tracking: correspondences with measured points,
/// in "complicated" files two coordinates each, and a pose.
/// </summary>
internal sealed class HandProblem : Problem
{
    private const int SummaryRows = 1000, FirstRows = 60, LastRows = 30;

    private readonly int count, columns;
    private readonly double[] measured, coordinates, theta, transforms, slopes, residuals, jacobian, yardstick;
    private readonly HandScalar scalar;
    private readonly HandPose.Transforms pose;
    private readonly HandPose.TransformsAndJacobian poseJacobian;
    private readonly HandSkin.Residuals skin;
    private readonly HandSkin.ResidualsAndJacobian skinJacobian;

    public HandProblem(string path, string modelFolder, bool isComplicated, CompileOptions options)
    {
        var (hand, file) = (new HandModel(modelFolder), new NumberReader(path));
        (count, int parameters) = (file.Int32(), file.Int32());
        if (parameters != HandPose.Parameters)
            throw new FormatException($"{path}: a pose has {HandPose.Parameters} parameters, here are {parameters}.");
        var correspondences = new int[count];
        measured = new double[3 * count];
        for (int i = 0; i < count; i++)
        {
            correspondences[i] = file.Int32();
            file.Doubles(3).CopyTo(measured, 3 * i);
        }
        coordinates = isComplicated ? file.Doubles(2 * count) : [];
        theta = file.Doubles(HandPose.Parameters);
        int[][] corners = isComplicated
            ? [.. Enumerable.Range(0, 3).Select(k => correspondences.Select(t => hand.Triangles[3 * t + k]).ToArray())] : [correspondences];
        int all = 4 * hand.Bones.Length;
        columns = HandPose.Parameters + (isComplicated ? 2 : 0);
        (transforms, slopes) = (new double[3 * all], new double[3 * all * HandPose.Parameters]);
        (residuals, jacobian, yardstick) = (new double[3 * count], new double[3 * count * columns], new double[3 * count]);
        (pose, poseJacobian) = (HandPose.Compile(hand, options), HandPose.CompileJacobian(hand, options));
        double[][] shares = [.. corners.Select(c => c.SelectMany(hand.Shares).ToArray())];
        var model = new HandSkin(shares, hand.Bones.Length);
        // Of many correspondences alike, which unrolled would be so many copies of the same code.
        var loops = options with { Flatten = Flattening.Never };
        (skin, skinJacobian) = (model.Compile(loops), model.CompileJacobian(loops));
        scalar = new(hand, shares);
    }

    public override double Objective()
    {
        pose(theta, transforms);
        skin(transforms, theta, measured, coordinates, residuals);
        return residuals[^1];
    }

    public override void Derivatives()
    {
        poseJacobian(theta, transforms, slopes);
        skinJacobian(transforms, slopes, theta, measured, coordinates, residuals, jacobian);
    }

    public override double ScalarObjective()
    {
        scalar.Residuals(theta, measured, coordinates, yardstick);
        return yardstick[^1];
    }

    public override void Write(RecordWriter records)
    {
        records.Vector("objective", residuals);
        if (3 * count > SummaryRows)
            WriteSummary(records);
        records.Matrix("jacobian", columns, jacobian);
    }

    private void WriteSummary(RecordWriter records)
    {
        records.Scalar("jacobian_rows", 3 * count);
        records.Scalar("jacobian_cols", columns);
        var (sums, squares) = (new double[columns], new double[columns]);
        for (int i = 0; i < jacobian.Length; i++)
        {
            sums[i % columns] += jacobian[i];
            squares[i % columns] += jacobian[i] * jacobian[i];
        }
        records.Vector("jacobian_column_sums", sums);
        records.Vector("jacobian_column_sums_of_squares", squares);
        records.Matrix("jacobian_first_rows", columns, jacobian.AsSpan(0, FirstRows * columns));
        records.Matrix("jacobian_last_rows", columns, jacobian.AsSpan(jacobian.Length - LastRows * columns));
    }
}
