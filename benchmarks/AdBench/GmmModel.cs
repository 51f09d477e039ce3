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
/// The sum over points is taken a block of them at a time, so that what a block computes with stays near; it depends on
/// the parameters by way of each component's map <c>x -> Q_k (x - mu_k)</c> and height <c>alpha_k + s_k</c> alone. So
/// there are three graphs: parameters to maps and heights with all that is no sum over points, a block of points, and
/// the derivatives by maps and heights back to the parameters. Points lie along the last axis, so that everything but
/// the products runs in lanes over points.
/// </remarks>
internal sealed class GmmModel
{
    /// <summary>What is no sum over points, and the part of it that is the prior's: [1].</summary>
    /// <param name="alpha">[K].</param>
    /// <param name="mu">[K, D].</param>
    /// <param name="icf">[K, D + D (D - 1) / 2]: per component q, then l.</param>
    /// <param name="maps">[K, D, D + 1]: of each component Q, and -Q mu beside it.</param>
    /// <param name="heights">[K].</param>
    /// <param name="prior">[1].</param>
    public delegate double Components(ReadOnlySpan<double> alpha, ReadOnlySpan<double> mu, ReadOnlySpan<double> icf,
        Span<double> maps, Span<double> heights, Span<double> prior);

    /// <summary>The sum over a block of points: [n, D].</summary>
    public delegate double Block(ReadOnlySpan<double> maps, ReadOnlySpan<double> heights, ReadOnlySpan<double> points);

    /// <summary>The same, with its derivatives by maps and heights added to those of the blocks before.</summary>
    public delegate double BlockAndGradient(ReadOnlySpan<double> maps, ReadOnlySpan<double> heights, ReadOnlySpan<double> points,
        ReadOnlySpan<double> byMapsBefore, ReadOnlySpan<double> byHeightsBefore, Span<double> byMaps, Span<double> byHeights);

    /// <summary>Derivatives of the value by the parameters, given those of the sum over points by maps and heights.</summary>
    public delegate void Gradients(ReadOnlySpan<double> alpha, ReadOnlySpan<double> mu, ReadOnlySpan<double> icf,
        ReadOnlySpan<double> byMaps, ReadOnlySpan<double> byHeights, Span<double> byAlpha, Span<double> byMu, Span<double> byIcf);

    // A component whose density is e^-600 of a point's densest one has no part in the sum's digits. Its share of the gradient is 0 then,
    // rather than a number below the normal ones, whose products cost a hundred cycles each on some processors.
    private const double LeastShare = 600;

    private readonly int d, k, n;
    private readonly double gamma, m;
    private readonly Node[] parameters;
    private readonly Node maps, heights, constant, prior;

    /// <summary>The graph. The prior's numbers are constants of it.</summary>
    public GmmModel(int d, int k, int n, double gamma, double m)
    {
        (this.d, this.k, this.n, this.gamma, this.m) = (d, k, n, gamma, m);
        Node alpha = Input("alpha", DType.Float64, [k]), mu = Input("mu", DType.Float64, [k, d]);
        Node icf = Input("icf", DType.Float64, [k, d + d * (d - 1) / 2]);
        parameters = [alpha, mu, icf];
        Node q = Slice(icf, 1, 0, d), l = Slice(icf, 1, d), s = Sum(q, [1]), root = Triangle(Exp(q), l);
        maps = Concat([root, -MatMul(root, ExpandDims(mu, 2))], 2);
        heights = alpha + s;
        prior = LogPrior(q, l, s);
        constant = prior - n * (LogSumExp(alpha) + 0.5 * d * Math.Log(2 * Math.PI));
    }

    public Components CompileComponents(CompileOptions options) =>
        new Computation(parameters, [constant, maps, heights, Reshape(prior, [1])],
            name: "gmm_components").Compile<Components>(options: options);

    public Block CompileBlock(int count, CompileOptions options)
    {
        var (inputs, sum) = SumOverPoints(count);
        return new Computation(inputs, [sum], name: "gmm").Compile<Block>(options: options);
    }

    public BlockAndGradient CompileBlockGradient(int count, CompileOptions options)
    {
        var (inputs, sum) = SumOverPoints(count);
        Node[] before = [Input("by_maps_before", DType.Float64, maps.Shape), Input("by_heights_before", DType.Float64, heights.Shape)];
        var gradients = Gradient.Of(sum, [inputs[0], inputs[1]]);
        return new Computation([.. inputs, .. before], [sum, gradients[0] + before[0], gradients[1] + before[1]], name: "gmm_gradient")
            .Compile<BlockAndGradient>(options: options);
    }

    public Gradients CompileGradients(CompileOptions options)
    {
        Node[] slopes = [Input("by_maps", DType.Float64, maps.Shape), Input("by_heights", DType.Float64, heights.Shape)];
        Node value = constant + Sum(maps * slopes[0]) + Sum(heights * slopes[1]);
        return new Computation([.. parameters, .. slopes], [.. Gradient.Of(value, parameters)], name: "gmm_components_gradient")
            .Compile<Gradients>(options: options);
    }

    // Inputs maps, heights and points, and the sum over the points.
    private (Node[] Inputs, Node Sum) SumOverPoints(int count)
    {
        Node maps = Input("maps", DType.Float64, [k, d, d + 1]), heights = Input("heights", DType.Float64, [k]);
        Node points = Input("points", DType.Float64, [count, d]);
        Node columns = Transpose(points), ones = OnesLike(Slice(columns, 0, 0, 1));
        Node distance = MatMul(maps, Concat([columns, ones], 0));                                // times (x, 1): Q (x - mu), [K, D, n]
        Node b = ExpandDims(heights, 1) - 0.5 * Sum(Square(distance), [1]);                      // [K, n]
        Node least = StopGradient(Max(b, [0], keepDims: true)) - LeastShare;
        return ([maps, heights, points], Sum(LogSumExp(Maximum(b, least), [0])));
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
