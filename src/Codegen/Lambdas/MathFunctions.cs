using System.Linq.Expressions;

namespace Adjoint.Codegen.Lambdas;

/// <summary>Static functions of numbers, of Math and MathF and of the number types themselves, as ops.</summary>
internal static class MathFunctions
{
    private static readonly Type[] Owners = [typeof(Math), typeof(MathF), typeof(double), typeof(float), typeof(int), typeof(long)];

    /// <summary>The op behind a call, as a function of its arguments that are numbers; null if there is none.</summary>
    public static Func<Node[], Node>? Find(MethodCallExpression call)
    {
        if (!Owners.Contains(call.Method.DeclaringType))
            return null;
        var arguments = call.Arguments;
        string name = call.Method.Name;
        if (name == nameof(Math.Round) && arguments.Count == 2)
            return Captured.TryRead(arguments[1], out object? mode) && mode is MidpointRounding rounding ? x => Round(x[0], rounding) : null;
        return (arguments.Count, name) switch
        {
            (1, _) when Unary.TryGetValue(name, out var f) => x => f(x[0]),
            (2, nameof(Math.Pow)) when Captured.TryRead(arguments[1], out object? exponent) && System.Convert.ToDouble(exponent, null) is var n =>
                x => Ops.Pow(x[0], n),
            (2, _) when Binary.TryGetValue(name, out var f) => x => f(x[0], x[1]),
            (3, nameof(Math.Clamp)) => x => Ops.Clamp(x[0], x[1], x[2]),
            (3, nameof(Math.FusedMultiplyAdd) or "MultiplyAddEstimate") => x => x[0] * x[1] + x[2],
            (3, nameof(double.Lerp)) => x => x[0] * (1 - x[2]) + x[1] * x[2],
            _ => null,
        };
    }

    private static readonly Dictionary<string, Func<Node, Node>> Unary = new()
    {
        ["Abs"] = x => Ops.Abs(x),
        ["Acos"] = x => Ops.Acos(x),
        ["Acosh"] = x => Ops.Acosh(x),
        ["Asin"] = x => Ops.Asin(x),
        ["Asinh"] = x => Ops.Asinh(x),
        ["Atan"] = x => Ops.Atan(x),
        ["Atanh"] = x => Ops.Atanh(x),
        ["Cbrt"] = x => Ops.Cbrt(x),
        ["Ceiling"] = x => Ops.Ceiling(x),
        ["Cos"] = x => Ops.Cos(x),
        ["Cosh"] = x => Ops.Cosh(x),
        ["Exp"] = x => Ops.Exp(x),
        ["Exp2"] = x => Ops.Exp2(x),
        ["ExpM1"] = x => Ops.Expm1(x),
        ["Floor"] = x => Ops.Floor(x),
        ["IsFinite"] = x => Ops.IsFinite(x),
        ["IsInfinity"] = x => Ops.IsInfinite(x),
        ["IsNaN"] = x => Ops.IsNaN(x),
        ["Log"] = x => Ops.Log(x),
        ["Log10"] = x => Ops.Log10(x),
        ["Log2"] = x => Ops.Log2(x),
        ["LogP1"] = x => Ops.Log1p(x),
        ["ReciprocalEstimate"] = x => Ops.Reciprocal(x),
        ["ReciprocalSqrtEstimate"] = x => Ops.Rsqrt(x),
        ["Round"] = x => Ops.Round(x),
        ["Sign"] = x => Ops.Convert(Ops.Sign(x), DType.Int32),
        ["Sin"] = x => Ops.Sin(x),
        ["Sinh"] = x => Ops.Sinh(x),
        ["Sqrt"] = x => Ops.Sqrt(x),
        ["Tan"] = x => Ops.Tan(x),
        ["Tanh"] = x => Ops.Tanh(x),
        ["Truncate"] = x => Ops.Truncate(x),
    };

    private static readonly Dictionary<string, Func<Node, Node, Node>> Binary = new()
    {
        ["Atan2"] = (y, x) => Ops.Atan2(y, x),
        ["CopySign"] = (a, b) => Ops.CopySign(a, b),
        ["Hypot"] = (a, b) => Ops.Hypot(a, b),
        ["IEEERemainder"] = IeeeRemainder,
        ["Ieee754Remainder"] = IeeeRemainder,
        ["Log"] = (x, b) => Ops.Log(x) / Ops.Log(b),
        ["Max"] = (a, b) => Ops.Maximum(a, b),
        ["MaxMagnitude"] = (a, b) => Ops.Where(Ops.Abs(a) > Ops.Abs(b), a, Ops.Where(Ops.Abs(a) < Ops.Abs(b), b, Ops.Maximum(a, b))),
        ["Min"] = (a, b) => Ops.Minimum(a, b),
        ["MinMagnitude"] = (a, b) => Ops.Where(Ops.Abs(a) < Ops.Abs(b), a, Ops.Where(Ops.Abs(a) > Ops.Abs(b), b, Ops.Minimum(a, b))),
        ["Pow"] = (a, b) => Ops.Pow(a, b),
        ["ScaleB"] = (x, n) => x * Ops.Exp2(Ops.Convert(n, x.DType)),
    };

    // x - y n with n the whole number nearest to x / y, half to even. Exact: of the remainders of both signs, the smaller one.
    private static Node IeeeRemainder(Node x, Node y)
    {
        Node r = Ops.Fmod(x, y), other = r - Ops.CopySign(Ops.Abs(y), x), quotient = x / y;
        Node tie = Ops.Equal(Ops.Abs(other), Ops.Abs(r)), up = Ops.Abs(Ops.Round(quotient)) > Ops.Abs(quotient);
        return Ops.Where(Ops.Or(Ops.And(tie, up), Ops.Abs(other) < Ops.Abs(r)), other, r);
    }

    private static Node Round(Node x, MidpointRounding mode) => mode switch
    {
        MidpointRounding.ToEven => Ops.Round(x),
        MidpointRounding.ToZero => Ops.Truncate(x),
        MidpointRounding.ToNegativeInfinity => Ops.Floor(x),
        MidpointRounding.ToPositiveInfinity => Ops.Ceiling(x),
        _ => Ops.Truncate(x) is var whole ? Ops.Where(Ops.Abs(x - whole) >= 0.5, whole + Ops.CopySign(Ops.OnesLike(x), x), whole) : x,
    };
}
