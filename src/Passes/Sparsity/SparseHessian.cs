using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// Hessians of which only the elements that may differ from zero are computed: forward over reverse, as many sweeps as a star colouring
/// has colours, each element or its mirror image read from the sweep where it stands alone.
/// </summary>
/// <example><code>SparseMatrix h = SparseHessian.Of(energy, [positions]);   // h.Values beside h.Pattern: compressed sparse rows</code></example>
public static class SparseHessian
{
    /// <summary>Second derivatives of a loss with respect to several nodes side by side.</summary>
    /// <param name="loss">A float scalar.</param>
    /// <param name="x">Floats; their elements, row-major and one node after the other, are rows and columns.</param>
    /// <param name="known">Values of inputs that positions of gathers and
    /// scatters follow from; the result is right for these values only.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>Both triangles; mirror images are equal to the bit.</returns>
    /// <exception cref="GraphException">The loss is no scalar, an extent is no number, or something is no float.</exception>
    public static SparseMatrix Of(Node loss, ReadOnlySpan<Node> x, ReadOnlySpan<(Node Input, HostTensor Value)> known = default,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        Node[] wrt = [.. x], gradient = Gradient.Of(loss, wrt, Unreached.Zero, file, line);
        var pattern = SparsityPattern.Of(SideBySide(gradient), wrt, known).Symmetric();
        var colours = Colouring.OfSymmetric(pattern);
        int sweeps = pattern.Count == 0 ? 0 : Colouring.Count(colours);
        var swept = sweeps == 0 ? null : Compression.SideBySide(sweeps,
            Vmap.Map(t => Gradient.Jvp(gradient, wrt, t), Compression.Seeds(wrt, colours), outAxes: Axes.Of(new int[wrt.Length])));
        return Compression.Gathered(swept, pattern, (r, c) => Alone(pattern, colours, Math.Min(r, c), Math.Max(r, c)),
            loss.DType, DerivativeMode.Forward, sweeps);
    }

    private static Node SideBySide(Node[] nodes) => Ops.Concat([.. nodes.Select(n => Ops.Reshape(n, [n.Shape.ElementCount]))], 0);

    // Row r of sweep colours[c] is the sum of r's elements of that colour: h[r, c] where c is the only one; else h[c, r] stands alone.
    private static long Alone(SparsityPattern pattern, ImmutableArray<int> colours, int r, int c)
    {
        int same = 0;
        foreach (int other in pattern.Row(r))
            if (colours[other] == colours[c])
                same++;
        return same == 1 ? (long)colours[c] * pattern.Rows + r : (long)colours[r] * pattern.Rows + c;
    }
}
