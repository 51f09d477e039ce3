namespace Adjoint.Benchmarks.AdBench;

/// <summary>A file of Gaussian mixtures: <c>D K N</c>, then alpha, mu, and q and l of each component, the points, gamma and m.</summary>
internal sealed class GmmProblem : Problem
{
    private readonly int d, k, n;
    private readonly double[] alpha, mu, icf, points, gradient, prior = new double[1];
    private readonly GmmModel.Value objective;
    private readonly GmmModel.ValueAndGradient derivatives;
    private double value;

    public GmmProblem(string path, CompileOptions options)
    {
        var file = new NumberReader(path);
        (d, k, n) = (file.Int32(), file.Int32(), file.Int32());
        (alpha, mu, icf) = (file.Doubles(k), file.Doubles(k * d), file.Doubles(k * (d + d * (d - 1) / 2)));
        points = file.Doubles(n * d);
        gradient = new double[alpha.Length + mu.Length + icf.Length];
        var model = new GmmModel(d, k, n, gamma: file.Double(), m: file.Double());
        (objective, derivatives) = (model.Compile(options), model.CompileGradient(options));
    }

    public override double Objective()
    {
        value = objective(alpha, mu, icf, points, prior);
        return value - prior[0];
    }

    public override void Derivatives() => value = derivatives(alpha, mu, icf, points,
        gradient.AsSpan(0, k), gradient.AsSpan(k, k * d), gradient.AsSpan(k + k * d));

    public override double ScalarObjective() => GmmScalar.LogLikelihood(d, k, n, alpha, mu, icf, points);

    public override void Write(RecordWriter records)
    {
        records.Scalar("objective", value);
        records.Scalar("objective_adbench_sign", value - 2 * prior[0]);   // ADBench's own programs subtract the prior
        records.Vector("gradient", gradient);
    }
}
