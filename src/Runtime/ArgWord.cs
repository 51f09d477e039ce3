namespace Adjoint.Runtime;

/// <summary>Where the value of an <see cref="ArgWord"/> comes from.</summary>
public enum ArgKind : byte
{
    /// <summary>The bits stand in the plan: an extent, a stride, a scalar.</summary>
    Literal,

    /// <summary>An address in the arena of the call.</summary>
    Arena,

    /// <summary>An address in an input or output of the call.</summary>
    External,

    /// <summary>An address in a parameter of the plan's store.</summary>
    Parameter,

    /// <summary>An address in a constant buffer of the plan.</summary>
    Constant,
}

/// <summary>How one 8-byte word of a kernel's argument block is filled. All but <see cref="External"/> words are known
/// before a call, so a call patches those alone.</summary>
public readonly record struct ArgWord
{
    private ArgWord(ArgKind kind, int index, long value) => (Kind, Index, Value) = (kind, index, value);

    /// <summary>What <see cref="Index"/> and <see cref="Value"/> refer to.</summary>
    public ArgKind Kind { get; }

    /// <summary>Which external, parameter or constant; 0 for the other kinds.</summary>
    public int Index { get; }

    /// <summary>The bits of a literal; for an address, the byte offset from the start of its buffer.</summary>
    public long Value { get; }

    /// <summary>The word holds these bits.</summary>
    public static ArgWord Literal(long bits) => new(ArgKind.Literal, 0, bits);

    /// <summary>The word holds the address <paramref name="byteOffset"/> bytes into the arena.</summary>
    public static ArgWord Arena(long byteOffset) => new(ArgKind.Arena, 0, byteOffset);

    /// <summary>The word holds an address in input or output <paramref name="index"/> of the call; when that external
    /// is passed inline, the address of the frame word with the scalar's bits.</summary>
    public static ArgWord External(int index, long byteOffset = 0) => new(ArgKind.External, index, byteOffset);

    /// <summary>The word holds an address in parameter <paramref name="index"/> of the plan.</summary>
    public static ArgWord Parameter(int index, long byteOffset = 0) => new(ArgKind.Parameter, index, byteOffset);

    /// <summary>The word holds an address in constant <paramref name="index"/> of the plan.</summary>
    public static ArgWord Constant(int index, long byteOffset = 0) => new(ArgKind.Constant, index, byteOffset);
}
