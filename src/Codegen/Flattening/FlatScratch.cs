using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>Memory for what passes between segments: one buffer per thread, as large as any code there has needed so far.</summary>
internal static class FlatScratch
{
    [ThreadStatic]
    private static NativeBuffer? held;

    /// <summary>The address of at least so many bytes, aligned to a cache line. Until the thread's next call.</summary>
    public static long Address(long bytes)
    {
        if (held is null || held.ByteLength < bytes)
        {
            held?.Dispose();
            held = new(bytes);
        }
        return held.Address;
    }
}
