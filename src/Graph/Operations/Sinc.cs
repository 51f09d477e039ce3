using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    // Coefficients of sin(t) / t in t², as many as leave nothing of float64 and of three derivatives for |t| <= 1.
    private static readonly double[] SincSeries = [.. Enumerable.Range(0, 13)
        .Select(n => Math.Pow(-1, n) / Enumerable.Range(1, 2 * n + 1).Aggregate(1.0, (p, k) => p * k))];

    /// <summary>
    /// Normalised sinc, <c>y = sin(πx) / (πx)</c>, and <c>sin(x) / x</c> where it is not. At 0
    /// it is 1 with slope 0, and next to 0 a series keeps the digits of all derivatives;
    /// multiples of π are taken off x exactly, so that the normalised one is 0 at whole numbers.
    /// </summary>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="normalised">Whether x counts half periods; else it is in radians.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Sinc(Node x, bool normalised = true, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("sinc", Origin.At(file, line), [x], a =>
        {
            Node t = normalised ? Math.PI * a[0] : a[0], small = Abs(t) <= 1, far = Where(small, OnesLike(t), t);
            Node sine = normalised ? SineOfPi(Where(small, OnesLike(t), a[0])) : Sin(far);
            return Where(small, Polynomial(Where(small, Square(t), ZerosLike(t)), SincSeries), sine / far);
        });

    // sin(πx) = ±sin(π(x - n)) for the nearest whole n, by its parity.
    private static Node SineOfPi(Node x)
    {
        Node n = Round(x), sign = 1 - 2 * (n - 2 * Floor(0.5 * n));
        return sign * Sin(Math.PI * (x - n));
    }

    private static Node Polynomial(Node x, double[] coefficients)
    {
        Node sum = FillLike(x, coefficients[^1]);
        for (int i = coefficients.Length - 2; i >= 0; i--)
            sum = sum * x + coefficients[i];
        return sum;
    }
}
