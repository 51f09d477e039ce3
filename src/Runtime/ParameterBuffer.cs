using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Adjoint.Runtime;

/// <summary>Where the values of one parameter live. The address never changes; who reads or writes through it follows
/// the store's rules, as plans do.</summary>
public sealed class ParameterBuffer
{
    private readonly NativeBuffer memory;

    internal ParameterBuffer(string name, ParameterType type) =>
        (Name, Type, memory) = (name, type, new NativeBuffer(type.ByteLength));

    /// <summary>Its name in the store.</summary>
    public string Name { get; }

    /// <summary>CLR type of the elements; a <see cref="bool"/> is one byte, 0 or 1.</summary>
    public Type ElementType => Type.Kind.Type;

    /// <summary>Extents, outermost first; empty for a scalar.</summary>
    public ImmutableArray<long> Shape => Type.Shape;

    /// <summary>Number of elements.</summary>
    public long Length => Type.Length;

    /// <summary>Number of bytes.</summary>
    public long ByteLength => Type.ByteLength;

    /// <summary>Address of the first element, 64-byte aligned, row-major. Valid while this object is alive.</summary>
    public long Address => memory.Address;

    internal ParameterType Type { get; }

    internal Span<byte> Bytes => memory.AsSpan<byte>();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type}";
}
