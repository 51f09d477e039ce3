using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Keeps gradients within bounds before an optimiser uses them.</summary>
public static class Clip
{
    /// <summary>Each element kept within <c>[-limit, limit]</c>.</summary>
    /// <returns>A gradient per gradient, of its type.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not positive.</exception>
    public static Node[] ByValue(ReadOnlySpan<Node> gradients, double limit,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var clipped = new Node[gradients.Length];
        for (int i = 0; i < clipped.Length; i++)
            clipped[i] = Ops.Clamp(gradients[i], -limit, limit, file, line);
        return clipped;
    }

    /// <summary>
    /// All gradients scaled by one factor so that their joint 2-norm is at most <paramref name="limit"/>,
    /// <c>g ← g · limit / max(‖g‖, limit)</c>: shorter ones, zero too, stay as they are. R. Pascanu, T. Mikolov, Y. Bengio, "On the
    /// Difficulty of Training Recurrent Neural Networks", ICML 2013.
    /// </summary>
    /// <remarks>Squares add up in float64: gradients that explode must not overflow while they are measured.</remarks>
    /// <returns>A gradient per gradient, of its type.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not positive.</exception>
    public static Node[] ByGlobalNorm(ReadOnlySpan<Node> gradients, double limit,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        if (gradients.IsEmpty)
            return [];
        using var _ = Origin.Under(Origin.At(file, line));
        using var scope = NameScope.Enter("clip");
        Node? squares = null;
        foreach (var g in gradients)
            squares = squares is null ? SquaredNorm(g) : squares + SquaredNorm(g);
        Node factor = limit / Ops.Maximum(Ops.Sqrt(squares!), limit);
        var clipped = new Node[gradients.Length];
        for (int i = 0; i < clipped.Length; i++)
            clipped[i] = gradients[i] * Ops.Convert(factor, gradients[i].DType);
        return clipped;
    }

    private static Node SquaredNorm(Node g) => Ops.Sum(Ops.Square(Ops.Convert(g, DType.Float64)));
}
