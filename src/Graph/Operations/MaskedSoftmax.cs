using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Softmax and its relatives in forms that masks and older models ask for.</content>
public static partial class Ops
{
    /// <summary>Softmax of which a row of -∞ throughout gives zeros, with slope 0, where <see cref="Softmax"/> gives NaN.</summary>
    /// <inheritdoc cref="Softmax"/>
    public static Node SoftmaxOrZero(Node x, int axis = -1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int row = AxisOf("softmax", x, axis, x.Rank, origin);
        return Call.Of("softmax", origin, [x], a =>
        {
            Node largest = Max(a[0], [row], keepDims: true), nothing = Equal(largest, FillLike(largest, double.NegativeInfinity));
            Node e = Exp(a[0] - StopGradient(Where(nothing, ZerosLike(largest), largest)));
            Node sum = Sum(e, [row], keepDims: true);
            return e * Reciprocal(Where(nothing, OnesLike(sum), sum));
        }, body => new Softmax(row, body));
    }

    /// <summary>
    /// Softmax over the elements of a row that a mask keeps; the others get 0, and so does a row of which nothing is
    /// kept.
    /// </summary>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="keep">Truth values that broadcast to its shape.</param>
    /// <param name="axis">The axis that sums to 1; negative ones count from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The elements are no floats, the mask holds no truth values or does not fit, or
    /// there is no such axis.</exception>
    public static Node MaskedSoftmax(Node x, Node keep, int axis = -1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int row = AxisOf("masked-softmax", x, axis, x.Rank, origin);
        return Call.Of("masked-softmax", origin, [x, keep], a =>
            SoftmaxOrZero(Where(a[1], a[0], Scalar(x.DType, double.NegativeInfinity)), row));
    }

    /// <summary>1 where a row has its largest element (the first of several), else 0. Its slope is 0.</summary>
    /// <param name="x">A tensor of numbers.</param>
    /// <param name="axis">The axis that rows run along; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public static Node Hardmax(Node x, int axis = -1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int row = AxisOf("hardmax", x, axis, x.Rank, origin);
        return Call.Of("hardmax", origin, [x], a =>
            Convert(Equal(Iota(x.Shape, row, DType.Int64), ArgMax(a[0], row, keepDims: true)), x.DType));
    }

    /// <summary>
    /// A function of rows applied to a tensor taken as a matrix, whose rows are the
    /// axes from <paramref name="axis"/> on: what softmax, log-softmax and hardmax
    /// meant before opset 13 of ONNX, e.g. <c>OverMatrix(x, 1, m => Softmax(m))</c>.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The first axis of a row; a negative one counts from the end, and the rank itself makes rows of
    /// one element.</param>
    /// <param name="ofRows">From a matrix to one of its shape.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public static Node OverMatrix(Node x, int axis, Func<Node, Node> ofRows,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(ofRows);
        var origin = Origin.At(file, line);
        int first = axis == x.Rank ? axis : AxisOf("over-matrix", x, axis, x.Rank, origin);
        using var _ = Origin.Under(origin);
        Shape matrix = [Shape.Of(x.Shape.Take(first)).ElementCount, Shape.Of(x.Shape.Skip(first)).ElementCount];
        return Reshape(ofRows(Reshape(x, matrix)), x.Shape);
    }
}
