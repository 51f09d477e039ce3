using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Second derivatives of a scalar: forward mode over its gradient.</summary>
public static class Hessian
{
    /// <summary>The matrix of second derivatives, <c>h[a.., b..] = d²loss / dx[a..] dx[b..]</c>.</summary>
    /// <param name="loss">A float scalar.</param>
    /// <param name="x">Floats that it is computed from.</param>
    /// <param name="mode">How the gradient is differentiated: forward unless told otherwise.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A tensor of shape <c>[.. x.Shape, .. x.Shape]</c>.</returns>
    /// <exception cref="GraphException">The loss is no scalar, or something is no float.</exception>
    public static Node Of(Node loss, Node x, DerivativeMode mode = DerivativeMode.Forward,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Of(loss, [x], mode, file, line)[0, 0];

    /// <summary>The matrix of second derivatives with respect to several nodes, in blocks.</summary>
    /// <inheritdoc cref="Of(Node, Node, DerivativeMode, string, int)"/>
    /// <returns>Block [i, j] holds <c>d²loss / dx[i] dx[j]</c>, of shape <c>[.. x[i].Shape, .. x[j].Shape]</c>.</returns>
    public static Node[,] Of(Node loss, ReadOnlySpan<Node> x, DerivativeMode mode = DerivativeMode.Forward,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var gradient = Gradient.Of(loss, x, Unreached.Zero, file, line);
        var blocks = new Node[x.Length, x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            var row = Jacobian.Of(gradient[i], x, mode, file, line);
            for (int j = 0; j < x.Length; j++)
                blocks[i, j] = row[j];
        }
        return blocks;
    }

    /// <summary>
    /// The product of the matrix of second derivatives with a vector,
    /// without the matrix: about four times the cost of the loss.
    /// </summary>
    /// <remarks>B. Pearlmutter, "Fast Exact Multiplication by the Hessian", Neural Computation 6, 1994.</remarks>
    /// <param name="loss">A float scalar.</param>
    /// <param name="x">Floats that it is computed from.</param>
    /// <param name="vector">Per x a tensor of its type.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>Per x a tensor of its type.</returns>
    /// <exception cref="GraphException">The loss is no scalar, something is no float, or a vector is not of its node's type.</exception>
    public static Node[] VectorProduct(Node loss, ReadOnlySpan<Node> x, ReadOnlySpan<Node> vector,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Gradient.Jvp(Gradient.Of(loss, x, Unreached.Zero, file, line), x, vector, file, line);
}
