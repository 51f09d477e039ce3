using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Memory that a kernel works in beside the arena, one buffer for each thread and as large as any kernel there has needed so far: the
/// panel that tiles read at the moment, or what passes between segments of straight-line code. It stays in near caches.
/// </summary>
internal static class ThreadMemory
{
    [ThreadStatic]
    private static NativeBuffer? buffer;

    /// <summary>How many bytes the thread holds.</summary>
    public static long Held => buffer?.ByteLength ?? 0;

    /// <summary>The address of at least so many bytes, aligned to a cache line. Until the thread's next call.</summary>
    public static long Address(long bytes)
    {
        if (buffer is null || buffer.ByteLength < bytes)
        {
            buffer?.Dispose();
            buffer = new(bytes);
        }
        return buffer.Address;
    }
}
