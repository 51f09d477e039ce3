using System.Runtime.InteropServices;

namespace Adjoint.Runtime;

/// <summary>Zeroed memory outside the garbage collector's reach: it never moves and starts on a 64-byte boundary, or on
/// a 2 MiB one when it is large. Freed by <see cref="Dispose"/> or, failing that, when collected.</summary>
/// <remarks>Whoever keeps <see cref="Address"/> must keep the buffer too.</remarks>
public sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Least alignment of <see cref="Address"/> in bytes: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private nint pointer;

    /// <summary>Allocates <paramref name="byteLength"/> bytes, all zero. Length 0 is allowed and has an
    /// address.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="byteLength"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system refuses.</exception>
    public NativeBuffer(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        ByteLength = byteLength;
        nuint bytes = (nuint)Math.Max(byteLength, 1);
        pointer = (nint)NativeMemory.AlignedAlloc(bytes, LargePages.AlignmentFor(bytes, Alignment));
        LargePages.Advise(pointer, bytes);
        NativeMemory.Clear((void*)pointer, bytes);

        // The collector sees a few dozen bytes; without this it would not hurry to free gigabytes.
        if (byteLength > 0) GC.AddMemoryPressure(byteLength);
    }

    /// <summary>Frees what was not disposed.</summary>
    ~NativeBuffer() => Free();

    /// <summary>Length in bytes, as asked for.</summary>
    public long ByteLength { get; }

    /// <summary>Address of the first byte.</summary>
    /// <exception cref="ObjectDisposedException">The buffer has been freed.</exception>
    public long Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == 0, this);
            return pointer;
        }
    }

    /// <summary>The whole buffer as elements of <typeparamref name="T"/>. Valid while the buffer is alive.</summary>
    /// <exception cref="InvalidOperationException">The length is no multiple of the element size.</exception>
    /// <exception cref="OverflowException">There are more elements than a span can hold.</exception>
    /// <exception cref="ObjectDisposedException">The buffer has been freed.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (ByteLength % sizeof(T) != 0)
            throw new InvalidOperationException($"{ByteLength} bytes are no whole number of {typeof(T).Name}s.");
        return new Span<T>((void*)Address, checked((int)(ByteLength / sizeof(T))));
    }

    /// <summary>Frees the memory; further calls do nothing. Not while a plan or another thread uses it.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        nint freed = Interlocked.Exchange(ref pointer, 0);
        if (freed == 0) return;
        NativeMemory.AlignedFree((void*)freed);
        if (ByteLength > 0) GC.RemoveMemoryPressure(ByteLength);
    }
}
