using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Sums and products of two and three operands.</content>
public static partial class Ops
{
    /// <summary>Squared difference, <c>y = (a - b)²</c>.</summary>
    public static Node SquaredDifference(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Square(a - b);
    }

    /// <summary>Multiply-add, <c>y = a b + c</c>, rounded after the product and after the sum.</summary>
    public static Node MultiplyAdd(Node a, Node b, Node c, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return a * b + c;
    }

    /// <summary>
    /// Linear interpolation from a at t = 0 to b at t = 1, <c>y = a + t (b - a)</c> below
    /// the middle and <c>y = b - (1 - t) (b - a)</c> from it on: exact at both ends.
    /// </summary>
    public static Node Lerp(Node a, Node b, Node t, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        Node way = b - a;
        return Where(t < 0.5, a + t * way, b - (1 - t) * way);
    }

    /// <inheritdoc cref="Lerp(Node, Node, Node, string, int)"/>
    public static Node Lerp(Node a, Node b, double t, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return t < 0.5 ? a + t * (b - a) : b - (1 - t) * (b - a);
    }
}
