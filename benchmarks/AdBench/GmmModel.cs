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
    /// <param name="gamma">Of the prior.</param>
    /// <param name="m">Of the prior.</param>
    public delegate double Value(ReadOnlySpan<double> alpha, ReadOnlySpan<double> mu, ReadOnlySpan<double> icf, ReadOnlySpan<double> points,
        double gamma, double m, Span<double> prior);

    /// <summary>The value, and its derivatives by alpha, mu and icf.</summary>
    public delegate double ValueAndGradient(ReadOnlySpan<double> alpha, ReadOnlySpan<double> mu, ReadOnlySpan<double> icf,
        ReadOnlySpan<double> points, double gamma, double m, Span<double> byAlpha, Span<double> byMu, Span<double> byIcf);

    private readonly int d, k, n;
    private readonly Node alpha, mu, icf, points, gamma, m, value, prior;

    public GmmModel(int d, int k, int n)
    {
        (this.d, this.k, this.n) = (d, k, n);
        alpha = Input("alpha", DType.Float64, [k]);
        mu = Input("mu", DType.Float64, [k, d]);
        icf = Input("icf", DType.Float64, [k, d + d * (d - 1) / 2]);
        points = Input("points", DType.Float64, [n, d]);
        (gamma, m) = (Input("gamma", DType.Float64, []), Input("m", DType.Float64, []));
        Node q = Slice(icf, 1, 0, d), l = Slice(icf, 1, d), s = Sum(q, [1]);
        prior = LogPrior(q, l, s);
        value = LogLikelihood(q, l, s) + prior;
    }

    public Value Compile(CompileOptions options) =>
        new Computation([alpha, mu, icf, points, gamma, m], [value, Reshape(prior, [1])], name: "gmm").Compile<Value>(options: options);

    public ValueAndGradient CompileGradient(CompileOptions options) => GradientGraph().Compile<ValueAndGradient>(options: options);

    /// <summary>The value and its gradient.</summary>
    public Computation GradientGraph() =>
        new([alpha, mu, icf, points, gamma, m], [value, .. Gradient.Of(value, [alpha, mu, icf])], name: "gmm_gradient");

    private Node LogLikelihood(Node q, Node l, Node s)
    {
        Node root = Triangle(Exp(q), l);
        Node distance = MatMul(root, Transpose(points)) - MatMul(root, ExpandDims(mu, 2));          // Q (x - mu), [K, D, N]
        Node b = ExpandDims(alpha + s, 1) - 0.5 * Sum(Square(distance), [1]);                         // [K, N]
        return Sum(LogSumExp(b, [0])) - n * (LogSumExp(alpha) + 0.5 * d * Math.Log(2 * Math.PI));
    }

    private Node LogPrior(Node q, Node l, Node s)
    {
        Node nu = m + (d + 1);
        Node halves = Constant(Enumerable.Range(1, d).Select(j => (1 - j) / 2.0).ToArray());
        Node logGamma = d * (d - 1) / 4.0 * Math.Log(Math.PI) + Sum(LogGamma(0.5 * nu + halves));
        return k * (nu * d * (Log(gamma) - Math.Log(2) / 2) - logGamma)
            - 0.5 * Square(gamma) * (Sum(Exp(2 * q)) + Sum(Square(l))) + m * Sum(s);
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
