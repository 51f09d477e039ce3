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
/// the parameters by way of each component's map <c>x -> Q_k x - Q_k mu_k</c> and height <c>alpha_k + s_k</c> alone. So
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
    /// <param name="roots">[K, D, D]: Q of each component.</param>
    /// <param name="offsets">[K, D]: -Q mu.</param>
    /// <param name="heights">[K].</param>
    /// <param name="prior">[1].</param>
    public delegate double Components(ReadOnlySpan<double> alpha, ReadOnlySpan<double> mu, ReadOnlySpan<double> icf,
        Span<double> roots, Span<double> offsets, Span<double> heights, Span<double> prior);

    /// <summary>The sum over a block of points: [D, n].</summary>
    public delegate double Block(
        ReadOnlySpan<double> roots, ReadOnlySpan<double> offsets, ReadOnlySpan<double> heights, ReadOnlySpan<double> points);

    /// <summary>The same, with its derivatives by maps and heights added to those of the blocks before.</summary>
    public delegate double BlockAndGradient(
        ReadOnlySpan<double> roots, ReadOnlySpan<double> offsets, ReadOnlySpan<double> heights, ReadOnlySpan<double> points,
        ReadOnlySpan<double> byRootsBefore, ReadOnlySpan<double> byOffsetsBefore, ReadOnlySpan<double> byHeightsBefore,
        Span<double> byRoots, Span<double> byOffsets, Span<double> byHeights);

    /// <summary>Derivatives of the value by the parameters, given those of the sum over points by maps and heights.</summary>
    public delegate void Gradients(ReadOnlySpan<double> alpha, ReadOnlySpan<double> mu, ReadOnlySpan<double> icf,
        ReadOnlySpan<double> byRoots, ReadOnlySpan<double> byOffsets, ReadOnlySpan<double> byHeights,
        Span<double> byAlpha, Span<double> byMu, Span<double> byIcf);

    // A component whose density is e^-600 of a point's densest one has no part in the sum's digits. Its share of the gradient is 0 then,
    // rather than a number below the normal ones, whose products cost a hundred cycles each on some processors.
    private const double LeastShare = 600;

    private readonly int d, k, n;
    private readonly double gamma, m;
    private readonly Node[] parameters;
    private readonly Node[] components;             // roots, offsets, heights
    private readonly Node constant, prior;

    /// <summary>The graph. The prior's numbers are constants of it.</summary>
    public GmmModel(int d, int k, int n, double gamma, double m)
    {
        (this.d, this.k, this.n, this.gamma, this.m) = (d, k, n, gamma, m);
        Node alpha = Input("alpha", DType.Float64, [k]), mu = Input("mu", DType.Float64, [k, d]);
        Node icf = Input("icf", DType.Float64, [k, d + d * (d - 1) / 2]);
        parameters = [alpha, mu, icf];
        Node q = Slice(icf, 1, 0, d), l = Slice(icf, 1, d), s = Sum(q, [1]), root = Triangle(Exp(q), l);
        components = [root, -Squeeze(MatMul(root, ExpandDims(mu, 2)), [2]), alpha + s];
        prior = LogPrior(q, l, s);
        constant = prior - n * (LogSumExp(alpha) + 0.5 * d * Math.Log(2 * Math.PI));
    }

    public Components CompileComponents(CompileOptions options) =>
        new Computation(parameters, [constant, .. components.Select(c => (Output)c), Reshape(prior, [1])],
            name: "gmm_components").Compile<Components>(options: options);

    public Block CompileBlock(int count, CompileOptions options)
    {
        var (inputs, sum) = SumOverPoints(count);
        return new Computation(inputs, [sum], name: "gmm").Compile<Block>(options: options);
    }

    public BlockAndGradient CompileBlockGradient(int count, CompileOptions options)
    {
        var (inputs, sum) = SumOverPoints(count);
        Node[] before = Inputs("before");
        var gradients = Gradient.Of(sum, inputs.AsSpan(0, 3));
        return new Computation([.. inputs, .. before], [sum, .. gradients.Zip(before, (g, b) => (Output)(g + b))], name: "gmm_gradient")
            .Compile<BlockAndGradient>(options: options);
    }

    public Gradients CompileGradients(CompileOptions options)
    {
        Node[] slopes = Inputs("slopes");
        Node value = components.Zip(slopes, (c, slope) => Sum(c * slope)).Aggregate(constant, (sum, term) => sum + term);
        return new Computation([.. parameters, .. slopes], [.. Gradient.Of(value, parameters)], name: "gmm_components_gradient")
            .Compile<Gradients>(options: options);
    }

    // Roots, offsets and heights, or as many numbers that belong to them.
    private Node[] Inputs(string name) => [.. components.Select((c, i) => Input($"{name}_{i}", DType.Float64, c.Shape))];

    // Inputs roots, offsets, heights and points, and the sum over the points.
    private (Node[] Inputs, Node Sum) SumOverPoints(int count)
    {
        Node points = Input("points", DType.Float64, [d, count]);
        Node[] inputs = [.. Inputs("components"), points];
        var (roots, offsets, heights) = (inputs[0], inputs[1], inputs[2]);
        Node distance = MatMul(roots, points) + ExpandDims(offsets, 2);                           // Q (x - mu): [K, D, n]
        Node b = ExpandDims(heights, 1) - 0.5 * Sum(Square(distance), [1]);                      // [K, n]
        Node most = StopGradient(Max(b, [0], keepDims: true));
        return (inputs, Sum(most + Log(Sum(Exp(Maximum(b - most, -LeastShare)), [0], keepDims: true))));
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
