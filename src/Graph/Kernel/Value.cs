namespace Adjoint.Kernels;

/// <summary>A value of the kernel IR: the result of instruction <paramref name="Id"/> of one <see cref="Body"/>.</summary>
/// <param name="Id">The position of the defining instruction.</param>
/// <param name="Type">The element type; masks are <see cref="DType.Bool"/>.</param>
public readonly record struct Value(int Id, DType Type)
{
    /// <inheritdoc/>
    public override string ToString() => $"v{Id}";
}

/// <summary>One instruction in static single assignment form. Its result is the value of the same number.</summary>
/// <param name="Opcode">What is computed.</param>
/// <param name="Type">The element type of the result.</param>
/// <param name="A">First operand, or -1.</param>
/// <param name="B">Second operand, or -1.</param>
/// <param name="C">Third operand, or -1.</param>
/// <param name="Immediate">Constant bits, slot, axis, shift count or error code, as the opcode says.</param>
public readonly record struct Instruction(Opcode Opcode, DType Type, int A = -1, int B = -1, int C = -1, long Immediate = 0)
{
    /// <summary>The operands in use, in order.</summary>
    public IEnumerable<int> Operands
    {
        get
        {
            if (A >= 0) yield return A;
            if (B >= 0) yield return B;
            if (C >= 0) yield return C;
        }
    }
}
