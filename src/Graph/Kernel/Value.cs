using System.Collections;

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
/// <param name="Immediate">Constant bits, slot, axis, table, shift count or error code, as the opcode says.</param>
public readonly record struct Instruction(Opcode Opcode, DType Type, int A = -1, int B = -1, int C = -1, long Immediate = 0)
{
    /// <summary>The operands in use, in order.</summary>
    public Operands Operands => new(A, B, C);

    /// <summary>The instruction in another body.</summary>
    /// <param name="map">By number: which values its operands are there.</param>
    internal Instruction Moved(Value[] map) => this with { A = Moved(A, map), B = Moved(B, map), C = Moved(C, map) };

    private static int Moved(int operand, Value[] map) => operand >= 0 ? map[operand].Id : -1;

    /// <inheritdoc/>
    public bool Equals(Instruction other) => Opcode == other.Opcode && A == other.A && B == other.B && C == other.C
        && Immediate == other.Immediate && ReferenceEquals(Type, other.Type);

    // Bodies look up every instruction: multiply and fold instead of the general combiner.

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        ulong operands = ((ulong)(uint)A << 32 | (uint)B) * 0x9E3779B97F4A7C15,
            rest = (ulong)Immediate * 0xC2B2AE3D27D4EB4F + ((uint)C * 64u + (uint)Opcode);
        ulong hash = (operands ^ operands >> 29 ^ rest) * 0x165667B19E3779F9;
        return (int)(hash >> 32);
    }
}

/// <summary>The operands of an instruction: up to three, walked without allocation.</summary>
/// <param name="A">First operand, or -1.</param>
/// <param name="B">Second operand, or -1.</param>
/// <param name="C">Third operand, or -1.</param>
public readonly record struct Operands(int A, int B, int C) : IEnumerable<int>
{
    /// <summary>Walks the operands in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<int> IEnumerable<int>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A walk over operands.</summary>
    public struct Enumerator : IEnumerator<int>
    {
        private readonly Operands operands;
        private int next;

        internal Enumerator(Operands operands) => this.operands = operands;

        /// <inheritdoc/>
        public readonly int Current => next switch { 1 => operands.A, 2 => operands.B, _ => operands.C };

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            while (++next <= 3)
                if (Current >= 0)
                    return true;
            return false;
        }

        /// <inheritdoc/>
        public void Reset() => next = 0;

        /// <inheritdoc/>
        public readonly void Dispose() { }
    }
}
