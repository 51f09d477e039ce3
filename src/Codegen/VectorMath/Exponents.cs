using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Scaling by powers of two, exponents and mantissas in integer arithmetic, for machines that have no instructions for them: to the
/// same bits.
/// </summary>
internal static class Exponents
{
    private static readonly PerFormat<long> BitsOfThreeQuarters = new(0x3F400000, 0x3FE8000000000000);

    /// <summary>Whether an instruction is one that <see cref="Expand"/> replaces.</summary>
    public static bool Has(Opcode opcode) => opcode is Opcode.ScaleB or Opcode.Exponent or Opcode.Mantissa;

    /// <summary>Emits the instructions that every machine has.</summary>
    public static Value Expand(Body body, Opcode opcode, Value x, Value y) => (opcode switch
    {
        Opcode.ScaleB => Scale(new(body, x), new(body, y)),
        Opcode.Exponent => Exponent(new(body, x)),
        _ => Mantissa(new(body, x)),
    }).Value;

    // The product with 2^(k >> 1) is exact, and only that with the rest rounds, if it is subnormal: 2^k itself may be out of range.
    private static Real Scale(Real y, Real k)
    {
        Whole biased = (k + (k.Format.RoundingShift + 2 * k.Format.Bias)).Bits, half = biased >>> 1, rest = biased - half;
        return y * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    private static Real PowerOfTwo(Whole biased) => (biased << biased.Format.MantissaBits).AsReal();

    private static Real Exponent(Real x)
    {
        FloatFormat format = x.Format;
        Mask subnormal = IsSubnormal(x);
        // The exponent field in the mantissa of 2^MantissaBits is a float at once, without an integer conversion.
        double one = Math.ScaleB(1, format.MantissaBits);
        Real field = ((Shifted(x, subnormal) >>> format.MantissaBits) | x.Of(one).Bits).AsReal();
        Real k = field - subnormal.Select(x.Of(one + format.Bias + Up(format)), one + format.Bias);
        return x.Is(0).Select(double.NegativeInfinity, x.Is(double.PositiveInfinity).Select(x, k));
    }

    private static Real Mantissa(Real x)
    {
        FloatFormat format = x.Format;
        Real m = ((Shifted(x, IsSubnormal(x)) & format.MantissaMask) + BitsOfThreeQuarters[format]).AsReal();
        return (x > 0).Select(x.Is(double.PositiveInfinity).Select(1, m), x.Is(0).Select(x.Of(1), double.NaN));
    }

    private static Mask IsSubnormal(Real x) => x < x.Format.SmallestNormal;

    private static int Up(FloatFormat format) => format.MantissaBits + 1;

    // The bits of a normal number, moved so that the exponent field changes at 3/4 instead of 1.
    private static Whole Shifted(Real x, Mask subnormal) =>
        subnormal.Select(x * Math.ScaleB(1, Up(x.Format)), x).Bits + (x.Format.One - BitsOfThreeQuarters[x.Format]);
}
