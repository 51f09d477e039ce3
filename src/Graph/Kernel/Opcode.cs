namespace Adjoint.Kernels;

/// <summary>What an <see cref="Instruction"/> of the kernel IR computes. Operands are called a, b, c.</summary>
/// <remarks>
/// The first group is what hardware does; <see cref="Exp"/> and those after it are mathematics that code generation
/// expands into the first group, so that every lane count computes the same bits.
/// </remarks>
public enum Opcode
{
    /// <summary>A constant; its bits are <see cref="Instruction.Immediate"/>.</summary>
    Constant,

    /// <summary>An element of the buffer whose slot is <see cref="Instruction.Immediate"/>, at the current index.</summary>
    Load,

    /// <summary>
    /// An element of slot <see cref="Instruction.Immediate"/>, at
    /// element offset a (int64) from that slot's current base.
    /// </summary>
    Gather,

    /// <summary>The coordinate along domain axis <see cref="Instruction.Immediate"/>.</summary>
    Index,

    /// <summary>The scalar parameter in slot <see cref="Instruction.Immediate"/>: an extent known when the kernel is called.</summary>
    Parameter,

    /// <summary>A value that the enclosing loop nest supplies: an accumulator, or a value of an outer loop.</summary>
    Carried,

    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a * b.</summary>
    Multiply,

    /// <summary>a / b; integers truncate toward zero and division by zero gives 0.</summary>
    Divide,

    /// <summary>a * b + c with one rounding.</summary>
    MultiplyAdd,

    /// <summary>-a (the sign bit flips, zero included).</summary>
    Negate,

    /// <summary>|a|.</summary>
    Abs,

    /// <summary>IEEE 754 maximum: NaN wins, +0 is larger than -0.</summary>
    Max,

    /// <summary>IEEE 754 minimum: NaN wins, -0 is smaller than +0.</summary>
    Min,

    /// <summary>Square root, correctly rounded.</summary>
    Sqrt,

    /// <summary>a 2^b, rounded once; b is whole, and at most twice the exponent bias of the format in size.</summary>
    ScaleB,

    /// <summary>
    /// k in a = 2^k m with m in [3/4, 3/2), of subnormal a too; -infinity of both zeros, +infinity of +infinity. Below 0 and of NaN, where
    /// the mantissa is NaN, it is any number.
    /// </summary>
    Exponent,

    /// <summary>m in a = 2^k m with m in [3/4, 3/2), of subnormal a too; 1 of both zeros and of +infinity. NaN below 0.</summary>
    Mantissa,

    /// <summary>
    /// One of the sixteen numbers of table <see cref="Instruction.Immediate"/>: that which the low four bits of a count, an integer as wide
    /// as the result. Code generation knows the tables.
    /// </summary>
    Entry,

    /// <summary>Largest integer not above a.</summary>
    Floor,

    /// <summary>Smallest integer not below a.</summary>
    Ceiling,

    /// <summary>Nearest integer, half to even.</summary>
    Round,

    /// <summary>a = b.</summary>
    Equal,

    /// <summary>a &lt; b.</summary>
    Less,

    /// <summary>a &lt;= b.</summary>
    LessOrEqual,

    /// <summary>Bitwise and; of masks, logical and.</summary>
    And,

    /// <summary>Bitwise or; of masks, logical or.</summary>
    Or,

    /// <summary>Bitwise exclusive or.</summary>
    Xor,

    /// <summary>Bitwise complement; of masks, logical not.</summary>
    Not,

    /// <summary>a &lt;&lt; <see cref="Instruction.Immediate"/>, integers only.</summary>
    ShiftLeft,

    /// <summary>a &gt;&gt; <see cref="Instruction.Immediate"/> with the sign repeated, integers only.</summary>
    ShiftRight,

    /// <summary>a &gt;&gt; <see cref="Instruction.Immediate"/> with zeros shifted in, integers only.</summary>
    ShiftRightLogical,

    /// <summary>b where mask a holds, else c.</summary>
    Select,

    /// <summary>Value conversion. Float to integer truncates and saturates, NaN gives 0; bool is 0 or 1; nonzero is true.</summary>
    Convert,

    /// <summary>The same bits read as another type of equal size.</summary>
    BitCast,

    /// <summary>a, after reporting error <see cref="Instruction.Immediate"/> for every lane where mask b does not hold.</summary>
    Check,

    /// <summary>
    /// The <see cref="ScalarFunction"/> with number
    /// <see cref="Instruction.Immediate"/> of the operands, lane by lane, in double.
    /// </summary>
    Call,

    /// <summary>As <see cref="Call"/>, of the operands but the last, where the last, a mask, holds; elsewhere a.</summary>
    CallWhere,

    /// <summary>e^a.</summary>
    Exp,

    /// <summary>Natural logarithm.</summary>
    Log,

    /// <summary>e^a - 1 without cancellation.</summary>
    Expm1,

    /// <summary>log(1 + a) without cancellation.</summary>
    Log1p,

    /// <summary>Sine of a in radians.</summary>
    Sin,

    /// <summary>Cosine of a in radians.</summary>
    Cos,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>1 / (1 + e^-a).</summary>
    Sigmoid,

    /// <summary>Error function.</summary>
    Erf,

    /// <summary>a to the power b, as C99 pow.</summary>
    Pow,

    /// <summary>2^a.</summary>
    Exp2,

    /// <summary>Logarithm to base 2.</summary>
    Log2,

    /// <summary>Logarithm to base 10.</summary>
    Log10,

    /// <summary>Tangent of a in radians.</summary>
    Tan,

    /// <summary>Arc sine.</summary>
    Asin,

    /// <summary>Arc cosine.</summary>
    Acos,

    /// <summary>Arc tangent.</summary>
    Atan,

    /// <summary>The angle of the point (b, a), as C99 atan2.</summary>
    Atan2,

    /// <summary>Hyperbolic sine.</summary>
    Sinh,

    /// <summary>Hyperbolic cosine.</summary>
    Cosh,

    /// <summary>Inverse hyperbolic sine.</summary>
    Asinh,

    /// <summary>Inverse hyperbolic cosine.</summary>
    Acosh,

    /// <summary>Inverse hyperbolic tangent.</summary>
    Atanh,

    /// <summary>Cube root, of negatives too.</summary>
    Cbrt,

    /// <summary>Complement of the error function, 1 - erf(a), without cancellation.</summary>
    Erfc,

    /// <summary>Inverse of the error function.</summary>
    Erfinv,

    /// <summary>Inverse of the complement of the error function.</summary>
    Erfcinv,
}
