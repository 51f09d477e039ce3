using Adjoint.Onnx.Importing;
using Adjoint.Operations;

namespace Adjoint.Onnx.Importers;

/// <summary>Elementwise arithmetic and conversions.</summary>
internal static class Arithmetic
{
    public static IEnumerable<Importer> All =>
    [
        One("Add", x => Binary(x, (a, b) => a + b)), One("Sub", x => Binary(x, (a, b) => a - b)),
        One("Mul", x => Binary(x, (a, b) => a * b)), One("Div", x => Binary(x, (a, b) => a / b)),
        One("Sum", x => Fold(x, (a, b) => a + b)), One("Mean", x => Fold(x, (a, b) => a + b) / x.Count),
        One("Max", x => Fold(x, (a, b) => Ops.Maximum(a, b))), One("Min", x => Fold(x, (a, b) => Ops.Minimum(a, b))),
        One("Pow", x => Binary(x, Power)),
        One("Abs", x => Ops.Abs(x[0])), One("Neg", x => -x[0]), One("Sign", x => Ops.Sign(x[0])),
        One("Ceil", x => Ops.Ceiling(x[0])), One("Floor", x => Ops.Floor(x[0])), One("Round", x => Ops.Round(x[0])),
        One("Sqrt", x => Ops.Sqrt(x[0])), One("Reciprocal", x => Ops.Reciprocal(x[0])),
        One("Exp", x => Ops.Exp(x[0])), One("Log", x => Ops.Log(x[0])), One("Erf", x => Ops.Erf(x[0])),
        One("Sin", x => Ops.Sin(x[0])), One("Cos", x => Ops.Cos(x[0])), One("Tan", x => Ops.Tan(x[0])),
        One("Asin", x => Ops.Asin(x[0])), One("Acos", x => Ops.Acos(x[0])), One("Atan", x => Ops.Atan(x[0])),
        One("Sinh", x => Ops.Sinh(x[0])), One("Cosh", x => Ops.Cosh(x[0])),
        One("Asinh", x => Ops.Asinh(x[0])), One("Acosh", x => Ops.Acosh(x[0])), One("Atanh", x => Ops.Atanh(x[0])),
        One("Mod", x => x.Flag("fmod") ? Ops.Fmod(x[0], x[1]) : Ops.Remainder(x[0], x[1])),
        One("BitwiseAnd", x => Ops.BitwiseAnd(x[0], x[1])), One("BitwiseOr", x => Ops.BitwiseOr(x[0], x[1])),
        One("BitwiseXor", x => Ops.BitwiseXor(x[0], x[1])), One("BitwiseNot", x => Ops.BitwiseNot(x[0])),
        One("BitShift", x => Ops.BitShift(x[0], x[1], x.Text("direction", "") switch
        {
            "LEFT" => BitDirection.Left,
            "RIGHT" => BitDirection.RightLogical,
            var direction => throw x.Error($"direction '{direction}' is neither LEFT nor RIGHT"),
        })),
        One("BitCast", x => Ops.BitCast(x[0], x.DTypeOf(x.Int("to", 0)))),
        One("CumSum", x => Ops.CumulativeSum(x[0], x.Axis((long)x.KnownScalar(1), x[0].Rank), x.Flag("exclusive"),
            x.Flag("reverse"))),
        One("CumProd", x => Ops.CumulativeProduct(x[0], x.Axis((long)x.KnownScalar(1), x[0].Rank), x.Flag("exclusive"),
            x.Flag("reverse"))),
        One("Identity", x => x[0]),
        One("Clip", x => Clip(x, x.Has("min") ? Number(x, "min") : null, x.Has("max") ? Number(x, "max") : null), until: 10),
        One("Clip", x => Clip(x, x.Optional(1), x.Optional(2)), since: 11),
        One("Cast", x => Ops.Convert(x[0], x.DTypeOf(x.Int("to", 0))), since: 6),
        One("CastLike", x => Ops.Convert(x[0], x[1].DType)),
    ];

    private static Node Fold(OnnxNode x, Func<Node, Node, Node> apply)
    {
        var result = x[0];
        for (int i = 1; i < x.Count; i++)
            result = apply(result, x[i]);
        return result;
    }

    /// <summary>A broadcasting operator; before version 7 only where an attribute says so, from an axis that it names.</summary>
    public static Node Binary(OnnxNode x, Func<Node, Node, Node> apply) => apply(x[0], Aligned(x, x[0], x[1]));

    private static Node Aligned(OnnxNode x, Node a, Node b)
    {
        if (x.Opset >= 7 || !x.Flag("broadcast") || !x.Has("axis"))
            return b;
        int trailing = a.Rank - x.Axis(x.Int("axis", 0), a.Rank) - b.Rank;
        return trailing < 0 ? throw x.Error($"{b.Shape} does not fit into {a.Shape} from axis {x.Int("axis", 0)}")
            : Ops.Reshape(b, Shape.Of(b.Shape.Concat(Enumerable.Repeat(Dim.One, trailing))));
    }

    // The result has the type of the base; powers of integers are exact only as long as float64 is.
    private static Node Power(Node a, Node b)
    {
        if (b.Op is Operations.Constant { Splat: { } n } && n == Math.Floor(n) && Math.Abs(n) <= 64
            && (a.DType.IsFloat || n >= 0))
            return b.Rank <= a.Rank ? Ops.Pow(a, (int)n) : Ops.BroadcastTo(Ops.Pow(a, (int)n), b.Shape);
        return a.DType.IsFloat ? Ops.Pow(a, Ops.Convert(b, a.DType))
            : Ops.Convert(Whole(Ops.Pow(Ops.Convert(a, DType.Float64), Ops.Convert(b, DType.Float64))), a.DType);
    }

    // Rounding errors must not cut a power that is a whole number to the one below.
    private static Node Whole(Node x)
    {
        Node nearest = Ops.Round(x);
        return Ops.Where(Ops.Abs(x - nearest) <= 1e-12 * Ops.Abs(x), nearest, x);
    }

    private static Node Number(OnnxNode x, string name) => Ops.Scalar(x[0].DType, x.Number(name, 0));

    private static Node Clip(OnnxNode x, Node? low, Node? high) => (low, high) switch
    {
        (null, null) => x[0],
        ({ } l, null) => Ops.Clamp(x[0], l, Extreme(x[0].DType, largest: true)),
        (null, { } h) => Ops.Clamp(x[0], Extreme(x[0].DType, largest: false), h),
        var (l, h) => Ops.Clamp(x[0], l, h),
    };

    /// <summary>The largest or smallest value of an element type.</summary>
    public static Node Extreme(DType dtype, bool largest)
    {
        if (dtype.IsFloat)
            return Ops.Scalar(dtype, largest ? double.PositiveInfinity : double.NegativeInfinity);
        int bits = 8 * dtype.Size;
        bool signed = dtype.Name[0] != 'u';
        long limit = largest
            ? (long)(ulong.MaxValue >> (signed ? 65 - bits : 64 - bits)) : signed ? long.MinValue >> (64 - bits) : 0;
        return Ops.Convert(Ops.Constant(HostTensor.Scalar(limit)), dtype);
    }
}
