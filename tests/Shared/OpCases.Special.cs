using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Special functions.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Special =>
    [
        Map("erfinv", x => Erfinv(x), -0.95, 0.95), Map("erfcinv", x => Erfcinv(x), 0.02, 1.9),
        Map("log-gamma", x => LogGamma(x), 0.3, 30), Map("log-gamma of negatives", x => LogGamma(x), -2.9, -2.1),
        Map("gamma", x => Gamma(x), 0.3, 5),
        Map("gamma of negatives", x => Gamma(x), -2.8, -2.2), Map("digamma", x => Digamma(x), 0.3, 30),
        Map("digamma of negatives", x => Digamma(x), -2.8, -2.2),
        Map("trigamma", x => Trigamma(x), 0.4, 9), Map("polygamma of order 3", x => Polygamma(3, x), 0.7, 9),
        Map("polygamma of order 2 of negatives", x => Polygamma(2, x), -1.7, -1.3),
        Map("zeta", x => Zeta(x), 1.2, 9) with { Differentiable = false, DTypes = [DType.Float64, DType.Float32] },
        Map("zeta of negatives", x => Zeta(x), -5, 0.9) with { Differentiable = false },
        Map("zeta in its second operand", x => Zeta(FillLike(x, 2.5), x), 0.4, 9),
        Map("bessel-i0", x => BesselI0(x), -4, 4), Map("bessel-i1", x => BesselI1(x), -4, 4),
        Map("bessel-i0e", x => BesselI0e(x), -9, 9, 0), Map("bessel-i1e", x => BesselI1e(x), -9, 9, 0),
        Map("bessel-i0e far out", x => BesselI0e(x), 20, 40),
        Map("gamma-inc", x => GammaInc(FillLike(x, 2.5), x), 0.1, 9), Map("gamma-inc-c", x => GammaIncC(FillLike(x, 0.7), x), 0.2, 9),
        Map("gamma-inc of a large shape", x => GammaInc(FillLike(x, 120), x), 100, 140),
        Map("beta-inc", x => BetaInc(FillLike(x, 2.5), FillLike(x, 1.2), x), 0.05, 0.95),
        Map("beta-inc of large shapes", x => BetaInc(FillLike(x, 40), FillLike(x, 30), x), 0.4, 0.7),
        Pair("gamma-inc in both", (a, x) => GammaInc(a, x), 0.2, 9) with { Differentiable = false },
        Pair("zeta in both", (s, q) => Zeta(s, q), 1.3, 6) with { Differentiable = false },
    ];
}
