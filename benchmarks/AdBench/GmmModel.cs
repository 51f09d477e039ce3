using static Adjoint.Ops;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// The log posterior of a mixture of K Gaussians in D dimensions with a Wishart prior on their precisions, given N points: problem 1 of
/// ADBench (Srajer, Kukelova and Fitzgibbon, arXiv 1807.10129), with the prior's sign as GradBench corrected it.
/// </summary>
/// <remarks>
/// Component k has a weight alpha_k, a mean mu_k, and the root of its precision <c>Q_k</c>: lower triangular, <c>exp(q_k)</c> on the
/// diagonal, <c>l_k</c> below it column by column. With s_k the sum of q_k,
/// <code>
/// F = sum_i logsumexp_k(alpha_k + s_k - |Q_k (x_i - mu_k)|^2 / 2) - N (D/2 log 2pi + logsumexp(alpha)) + prior
/// </code>
/// Points lie along the last axis, so that everything but the products runs in lanes over points.
/// </remarks>
internal sealed class GmmModel
{
    /// <summary>The value, and the part of it that is the prior's: [1].</summary>
    /// <param name="alpha">[K].</param>
    /// <param name="mu">[K, D].</param>
    /// <param name="icf">[K, D + D (D - 1) / 2]: per component q, then l.</param>
    /// <param name="points">[N, D].</param>
    /// <param name="prior">[1].</param>
    public delegate double Value(ReadOnlySpan<double> alpha, ReadOnlySpan<double> mu, ReadOnlySpan<double> icf, ReadOnlySpan<double> points,
        Span<double> prior);

    /// <summary>The value, and its derivatives by alpha, mu and icf.</summary>
    public delegate double ValueAndGradient(ReadOnlySpan<double> alpha, ReadOnlySpan<double> mu, ReadOnlySpan<double> icf,
        ReadOnlySpan<double> points, Span<double> byAlpha, Span<double> byMu, Span<double> byIcf);

    // A component whose density is e^-600 of a point's densest one has no part in the sum's digits. Its share of the gradient is 0 then,
    // rather than a number below the normal ones, whose products cost a hundred cycles each on some processors.
    private const double LeastShare = 600;

    private readonly int d, k, n;
    private readonly double gamma, m;
    private readonly Node alpha, mu, icf, points, value, prior;

    /// <summary>The graph. The prior's numbers are constants of it.</summary>
    public GmmModel(int d, int k, int n, double gamma, double m)
    {
        (this.d, this.k, this.n, this.gamma, this.m) = (d, k, n, gamma, m);
        alpha = Input("alpha", DType.Float64, [k]);
        mu = Input("mu", DType.Float64, [k, d]);
        icf = Input("icf", DType.Float64, [k, d + d * (d - 1) / 2]);
        points = Input("points", DType.Float64, [n, d]);
        Node q = Slice(icf, 1, 0, d), l = Slice(icf, 1, d), s = Sum(q, [1]);
        prior = LogPrior(q, l, s);
        value = LogLikelihood(q, l, s) + prior;
    }

    public Value Compile(CompileOptions options) =>
        new Computation([alpha, mu, icf, points], [value, Reshape(prior, [1])], name: "gmm").Compile<Value>(options: options);

    public ValueAndGradient CompileGradient(CompileOptions options) => GradientGraph().Compile<ValueAndGradient>(options: options);

    /// <summary>The value and its gradient.</summary>
    public Computation GradientGraph() =>
        new([alpha, mu, icf, points], [value, .. Gradient.Of(value, [alpha, mu, icf])], name: "gmm_gradient");

    private Node LogLikelihood(Node q, Node l, Node s)
    {
        Node root = Triangle(Exp(q), l);
        Node shifted = Concat([root, -MatMul(root, ExpandDims(mu, 2))], 2);                         // [Q, -Q mu]
        Node distance = MatMul(shifted, Concat([Transpose(points), OnesLike(Slice(Transpose(points), 0, 0, 1))], 0));   // times (x, 1): Q (x - mu), [K, D, N]
        Node b = ExpandDims(alpha + s, 1) - 0.5 * Sum(Square(distance), [1]);                         // [K, N]
        return Sum(LogSumExp(Maximum(b, StopGradient(Max(b, [0], keepDims: true)) - LeastShare), [0])) - n * (LogSumExp(alpha) + 0.5 * d * Math.Log(2 * Math.PI));
    }

    private Node LogPrior(Node q, Node l, Node s)
    {
        double nu = m + d + 1;
        Node halves = Constant(Enumerable.Range(1, d).Select(j => (nu + 1 - j) / 2).ToArray());
        Node logGamma = d * (d - 1) / 4.0 * Math.Log(Math.PI) + Sum(LogGamma(halves));
        return k * (nu * d * (Math.Log(gamma) - Math.Log(2) / 2) - logGamma)
            - 0.5 * gamma * gamma * (Sum(Exp(2 * q)) + Sum(Square(l))) + m * Sum(s);
    }

    // Lower triangular matrices [K, D, D]: each element is one of the diagonal's, one of those below it, or the zero behind both.
    private Node Triangle(Node diagonal, Node below)
    {
        var source = new int[d * d];
        for (int row = 0; row < d; row++)
            for (int column = 0; column < d; column++)
                source[row * d + column] = row == column ? row
                    : row > column ? d + column * (2 * d - column - 1) / 2 + row - column - 1
                    : d + d * (d - 1) / 2;
        Node elements = Concat([diagonal, below, ZerosLike(Slice(diagonal, 1, 0, 1))], 1);
        return Reshape(Gather(elements, Constant(source), 1), [k, d, d]);
    }
}
