using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>
/// Gated linear units: one half of an axis gates the other. Y. Dauphin
/// et al., 2017; N. Shazeer, "GLU Variants Improve Transformer", 2020.
/// </content>
public static partial class Ops
{
    /// <summary>Gated linear unit, <c>y = a sigmoid(b)</c>, of the first half a and the second half b of an axis.</summary>
    /// <param name="x">A tensor of floats; the extent of the axis is even.</param>
    /// <param name="axis">The axis that is halved; negative ones count from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The extent is odd, or there is no such axis.</exception>
    public static Node Glu(Node x, int axis = -1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("glu", Origin.At(file, line), [x], a => Split(a[0], 2, axis) is [var value, var gate] ? value * Sigmoid(gate) : a[0]);

    /// <summary>
    /// Swish-gated linear unit, <c>y = silu(a) b</c>, of the first
    /// half a, which gates, and the second half b of an axis.
    /// </summary>
    /// <inheritdoc cref="Glu"/>
    public static Node SwiGlu(Node x, int axis = -1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("swiglu", Origin.At(file, line), [x],
            a => Split(a[0], 2, axis) is [var gate, var value] ? gate * Sigmoid(gate) * value : a[0]);
}
