using System.Runtime.CompilerServices;
using Adjoint.Testing;

namespace Adjoint.Codegen.Tests;

/// <summary>Elements given as bits in memory that ends at a guard page.</summary>
internal sealed class EmissionArray : IDisposable
{
    private readonly GuardedMemory memory;
    private readonly DType type;

    public EmissionArray(DType type, ReadOnlySpan<long> bits)
    {
        (this.type, Count) = (type, bits.Length);
        memory = GuardedMemory.EndingAtGuard(bits.Length * type.Size);
        for (int k = 0; k < bits.Length; k++) this[k] = bits[k];
    }

    public long Address => memory.Address;

    public int Count { get; }

    public long this[int k]
    {
        get
        {
            long bits = 0;
            Unsafe.CopyBlock(ref Unsafe.As<long, byte>(ref bits), ref Element(k), (uint)type.Size);
            return bits;
        }
        set => Unsafe.CopyBlock(ref Element(k), ref Unsafe.As<long, byte>(ref value), (uint)type.Size);
    }

    public long[] ToArray() => [.. Enumerable.Range(0, Count).Select(k => this[k])];

    public void Dispose() => memory.Dispose();

    private ref byte Element(int k) => ref memory.AsSpan<byte>()[k * type.Size];
}
