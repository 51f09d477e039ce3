using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Memory of a thread for the panel that its tiles read at the moment:
/// it stays in the second-level cache, however many there are.
/// </summary>
internal static class PanelMemory
{
    [ThreadStatic]
    private static NativeBuffer? buffer;

    /// <summary>The address of so many bytes, which the thread's next call may give to others.</summary>
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
