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
        if (name == nameof(Math.Round) && arguments.Count > 1)
            return Rounding(arguments);
        return (arguments.Count, name) switch
        {
            (1, _) when Unary.TryGetValue(name, out var f) => x => f(x[0]),
            (2, nameof(Math.Pow)) when Captured.TryRead(arguments[1], out object? exponent)
            && System.Convert.ToDouble(exponent, null) is var n =>
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
        ["BitDecrement"] = x => Next(x, up: false),
        ["BitIncrement"] = x => Next(x, up: true),
        ["Cbrt"] = x => Ops.Cbrt(x),
        ["Ceiling"] = x => Ops.Ceiling(x),
        ["Cos"] = x => Ops.Cos(x),
        ["Cosh"] = x => Ops.Cosh(x),
        ["Exp"] = x => Ops.Exp(x),
        ["Exp2"] = x => Ops.Exp2(x),
        ["ExpM1"] = x => Ops.Expm1(x),
        ["Floor"] = x => Ops.Floor(x),
        ["ILogB"] = Exponent,
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
        ["BigMul"] = (a, b) => Ops.Convert(a, DType.Int64) * Ops.Convert(b, DType.Int64),
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

    /// <summary>The parts of a function that gives a pair, by position; null if there is no such function.</summary>
    public static Func<Node[], Node[]>? FindPair(MethodCallExpression call) =>
        !Owners.Contains(call.Method.DeclaringType) ? null : call.Method.Name switch
    {
        nameof(Math.SinCos) => x => [Ops.Sin(x[0]), Ops.Cos(x[0])],
        nameof(Math.DivRem) when call.Arguments.Count == 2 => x => [x[0] / x[1], Ops.Fmod(x[0], x[1])],
        _ => null,
    };

    // Digits and a mode, each a number that is known. Digits are kept by a
    // power of ten, as .NET does, up to where doubles have no fractions.
    private static Func<Node[], Node>? Rounding(IReadOnlyList<Expression> arguments)
    {
        var (digits, mode) = (0, MidpointRounding.ToEven);
        foreach (var argument in arguments.Skip(1))
        {
            if (!Captured.TryRead(argument, out object? value))
                return null;
            if (value is MidpointRounding given)
                mode = given;
            else
                digits = System.Convert.ToInt32(value, null);
        }
        double power = Math.Pow(10, digits);
        return digits == 0 ? x => Round(x[0], mode)
            : x => Ops.Where(Ops.Abs(x[0]) < (x[0].DType == DType.Float32 ? 1e8 : 1e16), Round(x[0] * power, mode) / power, x[0]);
    }

    // The next number up: of 0 the least, below 0 one bit less, of infinity and NaN itself. Its slope is 1.
    private static Node Next(Node x, bool up) =>
        CustomDerivative.Of(a => [Neighbour(a[0], up)], [x], (_, _, ct) => [ct[0]], (_, _, t) => [t[0]],
            up ? "bit-increment" : "bit-decrement")[0];

    private static Node Neighbour(Node x, bool up)
    {
        var bits = x.DType.Size == 8 ? DType.Int64 : DType.Int32;
        Node away = Ops.Equal(x > 0, Ops.FillLike(x > 0, up ? 1 : 0)), b = Ops.BitCast(x, bits);
        Node stepped = Ops.BitCast(b + Ops.Where(away, Ops.OnesLike(b), -Ops.OnesLike(b)), x.DType);
        Node fromZero = Ops.FillLike(x, (up ? 1 : -1) * (x.DType.Size == 8 ? double.Epsilon : float.Epsilon));
        Node stays = Ops.Or(Ops.IsNaN(x), Ops.IsInfinite(x, positive: up, negative: !up));
        return Ops.Where(stays, x, Ops.Where(Ops.Equal(x, Ops.ZerosLike(x)), fromZero, stepped));
    }

    // The exponent of x = 2^e m with 1 <= m < 2, from what is left of it after the powers of two; of 0 the least int, else the greatest.
    private static Node Exponent(Node x)
    {
        Node e = Ops.Floor(Ops.Log2(Ops.Abs(x)));
        Node tooHigh = Ops.Exp2(e) > Ops.Abs(x), tooLow = Ops.Exp2(e + 1) <= Ops.Abs(x);
        Node exact = Ops.Where(tooHigh, e - 1, Ops.Where(tooLow, e + 1, e));
        Node whole = Ops.Convert(exact, DType.Int32);
        return Ops.Where(Ops.Equal(x, Ops.ZerosLike(x)), Ops.FillLike(whole, int.MinValue),
            Ops.Where(Ops.IsFinite(x), whole, Ops.FillLike(whole, int.MaxValue)));
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
