using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Local response normalisation, <c>y = x / (bias + alpha / size · s)^beta</c>, with s the sum of squares over the window of
    /// <paramref name="size"/> channels around an element's own.
    /// </summary>
    /// <remarks>
    /// A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep
    /// Convolutional Neural Networks", NIPS 2012. Of an even window the larger half lies
    /// on the side of higher channels, as in ONNX; PyTorch puts it on the other side.
    /// </remarks>
    /// <param name="x">Floats, [batch, channels, ..] unless <paramref name="axis"/> says otherwise.</param>
    /// <param name="size">Channels in a window, at least 1; those outside count as 0.</param>
    /// <param name="alpha">Weight of the mean square.</param>
    /// <param name="beta">The exponent.</param>
    /// <param name="bias">What is added to the mean square.</param>
    /// <param name="axis">The axis of channels; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis, x is no float, or the window is empty.</exception>
    public static Node LocalResponseNorm(Node x, int size, double alpha = 1e-4, double beta = 0.75, double bias = 1, int axis = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int channel = AxisOf("local-response-norm", x, axis, x.Rank, origin);
        DemandFloats("local-response-norm", origin, x);
        if (size < 1)
            throw GraphException.For("local-response-norm", [x], origin, $"a window has {size} channels", "give at least 1");
        return Call.Of("local-response-norm", origin, [x], a =>
            a[0] * Pow(bias + alpha / size * WindowSum(Square(a[0]), channel, (size - 1) / 2, size), -beta));
    }

    // Sums over windows of neighbours along an axis, zeros outside: few shifted views of one padded tensor, added in order.
    private static Node WindowSum(Node x, int axis, int before, int size)
    {
        Shape Only(int n) => Shape.Of(Enumerable.Range(0, x.Rank).Select(a => a == axis ? n : Dim.Zero));
        Node padded = Pad(x, 0, Only(before), Only(size - 1 - before));
        return Enumerable.Range(0, size).Select(i => Slice(padded, Only(i), x.Shape)).Aggregate((sum, shifted) => sum + shifted);
    }
}
