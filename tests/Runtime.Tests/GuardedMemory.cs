using System.Runtime.InteropServices;

namespace Adjoint.Testing;

/// <summary>Memory between two pages that may not be touched: a kernel that reads or writes one byte too far crashes
/// instead of passing. Needs nothing else, so other test projects can link this file.</summary>
public sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int None = 0, ReadWrite = 1 | 2;       // PROT_*
    private const int PrivateAnonymous = 0x02 | 0x20;    // MAP_*, as on Linux

    private readonly nint start;
    private readonly nuint mapped;

    private GuardedMemory(long byteLength, bool atEnd)
    {
        long page = Environment.SystemPageSize;
        long body = (byteLength + page - 1) / page * page;
        mapped = (nuint)(body + 2 * page);
        start = MMap(0, mapped, None, PrivateAnonymous, -1, 0);
        if (start == -1 || (body > 0 && MProtect(start + (nint)page, (nuint)body, ReadWrite) != 0))
            throw new InvalidOperationException("mmap or mprotect refused.");
        ByteLength = byteLength;
        Address = start + page + (atEnd ? body - byteLength : 0);
    }

    ~GuardedMemory() => Unmap();

    /// <summary>Whether this system can guard memory; a test skips otherwise.</summary>
    public static bool Available => OperatingSystem.IsLinux();

    public long Address { get; }

    public long ByteLength { get; }

    /// <summary>The byte after the last one is out of bounds. The start is aligned as the length allows.</summary>
    public static GuardedMemory EndingAtGuard(long byteLength) => new(byteLength, atEnd: true);

    /// <summary>The byte before the first one is out of bounds. The start is aligned to a page.</summary>
    public static GuardedMemory StartingAtGuard(long byteLength) => new(byteLength, atEnd: false);

    public Span<T> AsSpan<T>() where T : unmanaged => new((void*)Address, checked((int)(ByteLength / sizeof(T))));

    /// <summary>Whether the byte can be read. Has the system write it to a file, which fails where our own read
    /// crashes.</summary>
    public static bool IsReadable(long address)
    {
        using var file = File.OpenHandle(
            Path.GetTempFileName(), FileMode.Open, FileAccess.Write, options: FileOptions.DeleteOnClose);
        try
        {
            RandomAccess.Write(file, new ReadOnlySpan<byte>((void*)address, 1), 0);
            return true;
        }
        catch (IOException)   // EFAULT
        {
            return false;
        }
    }

    public void Dispose()
    {
        Unmap();
        GC.SuppressFinalize(this);
    }

    private void Unmap()
    {
        if (start is not (0 or -1)) _ = MUnmap(start, mapped);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MProtect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MUnmap(nint address, nuint length);
}
