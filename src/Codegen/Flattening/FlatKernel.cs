using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// The driver of straight-line code: runs its segments one after the other over a block of instances small enough for their
/// scratch memory to stay in the first-level cache.
/// </summary>
/// <remarks>
/// Segments take whole registers. The last instances of a range that do not fill one are computed together with some before them,
/// once more, to the same bits; a batch smaller than a register is padded with copies of its last instance.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Kernels are dropped, not disposed; the memory frees itself.")]
internal sealed unsafe class FlatKernel
{
    private const int CacheBytes = 24 * 1024, MostRegisters = 64;

    private readonly Segment[] once, segments;
    private readonly NativeBuffer constants;
    private readonly FlatCode code;
    private readonly FlatPadding padding;
    private readonly int lanes, block, keptBytes, scratchBytes;

    private FlatKernel(FlatCode code, VectorWidth width)
    {
        var held = code.Lanes(width);
        (this.code, lanes, block) = (code, held.Count, InstancesAtOnce(code, held));
        (keptBytes, scratchBytes) = ScratchOf(code, block);
        padding = new(code, lanes);
        var regions = code.Regions.ToArray();
        var kernels = new Kernel[regions.Length];
        var tables = new ConstantTable[regions.Length];
        Parallel.For(0, kernels.Length, i =>
        {
            (var lambda, tables[i]) = FlatEmitter.Emit(code, regions[i], width);
            kernels[i] = lambda.Compile();
        });
        constants = new(tables.Sum(t => (long)t.Bytes));
        var all = new Segment[kernels.Length];
        for (int i = 0, at = 0; i < all.Length; at += tables[i++].Bytes)
        {
            tables[i].CopyTo(constants.AsSpan<long>()[(at / sizeof(long))..]);
            all[i] = new(kernels[i], constants.Address + at);
        }
        (once, segments) = (all[..code.Once.Length], all[code.Once.Length..]);
    }

    /// <summary>The code as one kernel: the methods of its segments are compiled on all cores.</summary>
    public static Kernel Compile(FlatCode code, VectorWidth width)
    {
        var kernel = new FlatKernel(code, width);
        bool isOne = !code.IsBatch && kernel is { once: [], segments: [_], scratchBytes: 0, constants.ByteLength: 0 };
        return isOne ? kernel.segments[0].Kernel : kernel.Run;
    }

    /// <summary>Instances that pass through all segments together: a multiple of the lanes, whatever the batch.</summary>
    public static int InstancesAtOnce(FlatCode code, Lanes lanes) => !code.IsBatch ? 1
        : lanes.Count * Math.Clamp(CacheBytes / Math.Max(1, code.Scratch * code.PlaceSize * lanes.Count), 1, MostRegisters);

    /// <summary>Bytes of a thread: values that are kept, those between segments, and copies of a small batch.</summary>
    public static long BytesOf(FlatCode code, VectorWidth width)
    {
        var held = code.Lanes(width);
        var (kept, scratch) = ScratchOf(code, InstancesAtOnce(code, held));
        return (long)kept + scratch + new FlatPadding(code, held.Count).Bytes;
    }

    private static (int Kept, int Scratch) ScratchOf(FlatCode code, int block) =>
        (Aligned(code.Kept * code.PlaceSize), Aligned(code.Scratch * code.PlaceSize * block));

    private int Run(long args, long begin, long end)
    {
        long* words = stackalloc long[code.AllWords];
        Unsafe.CopyBlockUnaligned(words, (void*)args, (uint)code.Words * sizeof(long));
        long memory = ThreadMemory.Address(keptBytes + scratchBytes + padding.Bytes);
        (words[code.KeptWord], words[code.ScratchWord]) = (memory, memory + keptBytes);
        foreach (var segment in once)
            if (Call(segment, words, 0, 1) is not 0 and var error)
                return error;
        if (end < lanes)
            return Padded(words, memory + keptBytes + scratchBytes, (int)end);
        long whole = begin + (end - begin) / lanes * lanes;
        int code1 = Sweep(words, begin, whole);
        return code1 != 0 || whole == end ? code1 : Sweep(words, end - lanes, end);
    }

    private int Sweep(long* words, long begin, long end)
    {
        for (long at = begin, next; at < end; at = next)
        {
            next = segments.Length == 1 ? end : Math.Min(at + block, end);
            foreach (var segment in segments)
                if (Call(segment, words, at, next) is not 0 and var error)
                    return error;
        }
        return 0;
    }

    private int Call(Segment segment, long* words, long begin, long end)
    {
        words[code.ConstantsWord] = segment.Constants;
        int error = segment.Kernel((long)words, begin, end);
        GC.KeepAlive(constants);
        return error;
    }

    private int Padded(long* words, long memory, int instances)
    {
        long* own = stackalloc long[code.AllWords];
        Unsafe.CopyBlockUnaligned(own, words, (uint)code.AllWords * sizeof(long));
        padding.Redirect(own, memory);
        padding.CopyIn(words, own, instances);
        int error = Sweep(own, 0, lanes);
        padding.CopyOut(words, own, instances);
        return error;
    }

    private static int Aligned(int bytes) => (bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;

    /// <summary>A method, and the address of the constants that it reads.</summary>
    private readonly record struct Segment(Kernel Kernel, long Constants);
}
