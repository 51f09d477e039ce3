namespace Adjoint.SpecialFunctions;

/// <summary>
/// A number as the unevaluated sum of two doubles, about 32 digits (T. Dekker, "A floating-point technique for extending the available
/// precision", 1971): what references of special functions are summed in. Plain and slow.
/// </summary>
internal readonly record struct TwoDoubles(double High, double Low = 0)
{
    /// <summary>π.</summary>
    public static readonly TwoDoubles Pi = new(3.141592653589793, 1.2246467991473532e-16);

    /// <summary>log 2.</summary>
    public static readonly TwoDoubles Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);

    public static implicit operator TwoDoubles(double x) => new(x);

    public static explicit operator double(TwoDoubles x) => x.High + x.Low;

    public static TwoDoubles operator +(TwoDoubles x, TwoDoubles y)
    {
        var (s, e) = Sum(x.High, y.High);
        var (t, f) = Sum(x.Low, y.Low);
        var (u, v) = Fast(s, e + t);
        return Normal(u, v + f);
    }

    public static TwoDoubles operator -(TwoDoubles x) => new(-x.High, -x.Low);

    public static TwoDoubles operator -(TwoDoubles x, TwoDoubles y) => x + -y;

    public static TwoDoubles operator *(TwoDoubles x, TwoDoubles y)
    {
        double p = x.High * y.High;
        return Normal(p, Math.FusedMultiplyAdd(x.High, y.High, -p) + (x.High * y.Low + x.Low * y.High));
    }

    public static TwoDoubles operator /(TwoDoubles x, TwoDoubles y)
    {
        TwoDoubles q = x.High / y.High, r = x - q * y;
        double next = r.High / y.High;
        r -= next * y;
        return q + next + r.High / y.High;
    }

    /// <summary>e^x: the sum of the series at x / 2^k 512, squared nine times.</summary>
    public static TwoDoubles Exp(TwoDoubles x)
    {
        if (!(x.High > -745 && x.High < 709.78))
            return Math.Exp(x.High);
        double k = Math.Round(x.High / Ln2.High);
        TwoDoubles r = (x - k * Ln2) * Math.ScaleB(1, -9), term = 1, sum = 0;
        for (int n = 1; n <= 9; n++)
            sum += term = term * r / n;
        for (int i = 0; i < 9; i++)
            sum = sum + sum + sum * sum;   // e^2r - 1 from e^r - 1, which keeps the digits of a small r
        sum += 1;
        int half = (int)k / 2;
        return sum * Math.ScaleB(1, half) * Math.ScaleB(1, (int)k - half);
    }

    /// <summary>log x for x > 0, by a Newton step from the double's.</summary>
    public static TwoDoubles Log(TwoDoubles x)
    {
        TwoDoubles y = Math.Log(x.High);
        return double.IsFinite(y.High) ? y + (x * Exp(-y) - 1) : y;
    }

    /// <summary>x^y for x > 0.</summary>
    public static TwoDoubles Pow(TwoDoubles x, TwoDoubles y) => Exp(y * Log(x));

    /// <summary>sin(πx), by its series after whole numbers are taken off.</summary>
    public static TwoDoubles SinPi(double x)
    {
        double n = Math.Round(x);
        TwoDoubles t = Pi * (x - n), z = -(t * t), term = t, sum = t;
        for (int i = 1; i < 20; i++)
            sum += term = term * z / (2 * i * (2 * i + 1));
        return n % 2 == 0 ? sum : -sum;
    }

    /// <summary>tan(πx), as sin(πx) over cos(πx) = sin(π(1/2 - x)).</summary>
    public static TwoDoubles TanPi(double x)
    {
        double rest = x - Math.Round(x);
        return rest < 0 ? -TanPi(-rest) : SinPi(rest) / (rest < 0.25 ? Cosine(SinPi(rest)) : SinPi(0.5 - rest));
    }

    // √(1 - s²) for s up to √½, by a Newton step.
    private static TwoDoubles Cosine(TwoDoubles s)
    {
        TwoDoubles square = 1 - s * s, root = Math.Sqrt(square.High);
        return root + (square - root * root) / (2 * root.High);
    }

    private static TwoDoubles Normal(double s, double e)
    {
        double high = s + e;
        return double.IsFinite(high) ? new(high, e - (high - s)) : new(high);
    }

    private static (double, double) Fast(double x, double y) => (x + y, y - (x + y - x));

    private static (double, double) Sum(double x, double y)
    {
        double s = x + y, added = s - x;
        return (s, x - (s - added) + (y - added));
    }
}
