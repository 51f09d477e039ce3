using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Which way a matrix of derivatives is computed.</summary>
public enum DerivativeMode
{
    /// <summary>The one that sweeps fewer vectors: forward where x has at most as many elements as y, else reverse.</summary>
    Cheapest,

    /// <summary>Columns: one tangent per element of x.</summary>
    Forward,

    /// <summary>Rows: one cotangent per element of y.</summary>
    Reverse,
}

/// <summary>Dense Jacobians: one batched subgraph over all basis vectors, not one sweep after the other.</summary>
public static class Jacobian
{
    /// <summary>All partial derivatives of y with respect to x, <c>j[a.., b..] = dy[a..] / dx[b..]</c>.</summary>
    /// <param name="y">Floats.</param>
    /// <param name="x">Floats that it is computed from.</param>
    /// <param name="mode">Forward or reverse. Extents that are symbols and cannot be compared count as reverse.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A tensor of shape <c>[.. y.Shape, .. x.Shape]</c>.</returns>
    /// <exception cref="GraphException">y or x holds no floats.</exception>
    /// <example><code>Node j = Jacobian.Of(residuals, parameters);   // [m, n]</code></example>
    public static Node Of(Node y, Node x, DerivativeMode mode = DerivativeMode.Cheapest,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Of(y, [x], mode, file, line)[0];

    /// <summary>All partial derivatives of y with respect to several nodes; in reverse mode, by one sweep for all.</summary>
    /// <inheritdoc cref="Of(Node, Node, DerivativeMode, string, int)"/>
    /// <returns>Per x a tensor of shape <c>[.. y.Shape, .. x.Shape]</c>.</returns>
    public static Node[] Of(Node y, ReadOnlySpan<Node> x, DerivativeMode mode = DerivativeMode.Cheapest,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        foreach (var node in (Node[])[y, .. x])
            if (!node.DType.IsFloat)
                throw GraphException.For("jacobian", [y, .. x], origin, $"{node} has no derivative", "give float32 or float64 nodes");
        if (mode == DerivativeMode.Cheapest)
            mode = Cheapest(y, x);
        var results = new Node[x.Length];
        if (mode == DerivativeMode.Reverse)
            results = Rows(y, x);
        else
            for (int i = 0; i < results.Length; i++)
                results[i] = Columns(y, x[i]);
        for (int i = 0; i < results.Length; i++)
            results[i] = Ops.Reshape(results[i], [.. y.Shape, .. x[i].Shape]);
        return results;
    }

    private static DerivativeMode Cheapest(Node y, ReadOnlySpan<Node> x)
    {
        var surplus = y.Shape.ElementCount * -1;
        foreach (var node in x)
            surplus += node.Shape.ElementCount;
        return surplus.TryConstant(out long more) && more <= 0 ? DerivativeMode.Forward : DerivativeMode.Reverse;
    }

    // Row i is the cotangent of x from the i-th unit vector of y: [n, .. x.Shape].
    private static Node[] Rows(Node y, ReadOnlySpan<Node> x)
    {
        if (y.Shape.ElementCount == Dim.One)
            return Gradient.Vjp([y], x, [Ops.OnesLike(y)]);
        Node[] wrt = [.. x];
        return Vmap.Map(ct => Gradient.Vjp([y], wrt, ct), [Basis(y)], outAxes: Axes.Of(new int[x.Length]));
    }

    // Column j is the tangent of y for the j-th unit vector of x: [.. y.Shape, n].
    private static Node Columns(Node y, Node x) => x.Shape.ElementCount == Dim.One ? Gradient.Jvp([y], [x], [Ops.OnesLike(x)])[0]
        : Vmap.Map(t => Gradient.Jvp([y], [x], [t])[0], Basis(x), outAxis: y.Rank);

    // All unit vectors of the type of x: [n, .. x.Shape].
    private static Node Basis(Node x)
    {
        var n = x.Shape.ElementCount;
        return Ops.Reshape(Ops.IdentityMatrix(n, x.DType), [n, .. x.Shape]);
    }
}
