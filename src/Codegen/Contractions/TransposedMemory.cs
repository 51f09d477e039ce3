using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static Adjoint.Codegen.Memory;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>
/// Small blocks copied with their axes exchanged: element (i, j) of the source to (j, i) of the target. 16 bytes of each of its rows
/// meet in registers as wide as there are rows, so that only the exchange inside 128 bits is left for shuffles.
/// </summary>
internal static class TransposedMemory
{
    /// <summary>4 rows of 4 elements of 4 bytes; strides in bytes from row to row.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Copy4x4(long source, long stride, long target, long targetStride) =>
        Join4(source, source + stride, source + 2 * stride, source + 3 * stride, target, targetStride);

    /// <summary>8 rows of 4 elements of 4 bytes.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Copy4x8(long source, long stride, long target, long targetStride)
    {
        Vector256<int> a = Two<int>(source, 4 * stride), b = Two<int>(source + stride, 4 * stride),
            c = Two<int>(source + 2 * stride, 4 * stride), d = Two<int>(source + 3 * stride, 4 * stride);
        var (acLow, acHigh, bdLow, bdHigh) = (Low(a, c), High(a, c), Low(b, d), High(b, d));
        Store(target, Low(acLow, bdLow));
        Store(target + targetStride, High(acLow, bdLow));
        Store(target + 2 * targetStride, Low(acHigh, bdHigh));
        Store(target + 3 * targetStride, High(acHigh, bdHigh));
    }

    /// <summary>16 rows of 4 elements of 4 bytes.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Copy4x16(long source, long stride, long target, long targetStride) => Exchange(Quarters<int>(source, 4 * stride),
        Quarters<int>(source + stride, 4 * stride), Quarters<int>(source + 2 * stride, 4 * stride),
        Quarters<int>(source + 3 * stride, 4 * stride), target, targetStride);

    /// <summary>
    /// 16 rows of 16 elements of 4 bytes: four rows' cache lines at a time, so that lines which share a place in the cache are read once.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static void CopyLines4x16(long source, long stride, long target, long targetStride)
    {
        var (a0, a1, a2, a3) = Lines<int>(source, 4 * stride);
        var (b0, b1, b2, b3) = Lines<int>(source + stride, 4 * stride);
        var (c0, c1, c2, c3) = Lines<int>(source + 2 * stride, 4 * stride);
        var (d0, d1, d2, d3) = Lines<int>(source + 3 * stride, 4 * stride);
        Exchange(a0, b0, c0, d0, target, targetStride);
        Exchange(a1, b1, c1, d1, target + 4 * targetStride, targetStride);
        Exchange(a2, b2, c2, d2, target + 8 * targetStride, targetStride);
        Exchange(a3, b3, c3, d3, target + 12 * targetStride, targetStride);
    }

    [MethodImpl(AggressiveInlining)]
    private static void Exchange(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d, long target, long targetStride)
    {
        var (acLow, acHigh, bdLow, bdHigh) = (Low(a, c), High(a, c), Low(b, d), High(b, d));
        Store(target, Low(acLow, bdLow));
        Store(target + targetStride, High(acLow, bdLow));
        Store(target + 2 * targetStride, Low(acHigh, bdHigh));
        Store(target + 3 * targetStride, High(acHigh, bdHigh));
    }

    /// <summary>2 rows of 2 elements of 8 bytes.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Copy8x2(long source, long stride, long target, long targetStride) =>
        Join8(source, source + stride, target, targetStride);

    /// <summary>4 rows of 2 elements of 8 bytes.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Copy8x4(long source, long stride, long target, long targetStride)
    {
        Vector256<long> a = Two<long>(source, 2 * stride), b = Two<long>(source + stride, 2 * stride);
        Store(target, Low(a, b));
        Store(target + targetStride, High(a, b));
    }

    /// <summary>8 rows of 2 elements of 8 bytes.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Copy8x8(long source, long stride, long target, long targetStride) =>
        Exchange(Quarters<long>(source, 2 * stride), Quarters<long>(source + stride, 2 * stride), target, targetStride);

    /// <summary>8 rows of 8 elements of 8 bytes.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void CopyLines8x8(long source, long stride, long target, long targetStride)
    {
        var (a0, a1, a2, a3) = Lines<long>(source, 2 * stride);
        var (b0, b1, b2, b3) = Lines<long>(source + stride, 2 * stride);
        Exchange(a0, b0, target, targetStride);
        Exchange(a1, b1, target + 2 * targetStride, targetStride);
        Exchange(a2, b2, target + 4 * targetStride, targetStride);
        Exchange(a3, b3, target + 6 * targetStride, targetStride);
    }

    [MethodImpl(AggressiveInlining)]
    private static void Exchange(Vector512<long> a, Vector512<long> b, long target, long targetStride)
    {
        Store(target, Low(a, b));
        Store(target + targetStride, High(a, b));
    }

    /// <summary>Four elements of 4 bytes from each of four places.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Join4(long first, long second, long third, long fourth, long target, long targetStride)
    {
        Vector128<int> a = Load<Vector128<int>>(first), b = Load<Vector128<int>>(second),
            c = Load<Vector128<int>>(third), d = Load<Vector128<int>>(fourth);
        var (acLow, acHigh, bdLow, bdHigh) = (Low(a, c), High(a, c), Low(b, d), High(b, d));
        Store(target, Low(acLow, bdLow));
        Store(target + targetStride, High(acLow, bdLow));
        Store(target + 2 * targetStride, Low(acHigh, bdHigh));
        Store(target + 3 * targetStride, High(acHigh, bdHigh));
    }

    /// <summary>Columns of <see cref="Join4x16"/>.</summary>
    public const int WideColumns = 16;

    /// <summary>
    /// Four elements of 4 bytes from each of sixteen places, at byte offsets
    /// from a table of int64: four squares at once in 512-bit registers.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static void Join4x16(long source, long table, long target, long targetStride) => Exchange(FromTable(source, table),
        FromTable(source, table + 8), FromTable(source, table + 16), FromTable(source, table + 24), target, targetStride);

    // From every fourth place of a table, one to each quarter of a register.
    [MethodImpl(AggressiveInlining)]
    private static Vector512<int> FromTable(long source, long table) => Halves.Join(
        Halves.Join(Quarter(source, table), Quarter(source, table + 32)),
        Halves.Join(Quarter(source, table + 64), Quarter(source, table + 96)));

    [MethodImpl(AggressiveInlining)]
    private static Vector128<int> Quarter(long source, long table) => Load<Vector128<int>>(source + Load<long>(table));

    /// <summary>Two elements of 8 bytes from each of two places.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Join8(long first, long second, long target, long targetStride)
    {
        Vector128<long> a = Load<Vector128<long>>(first), b = Load<Vector128<long>>(second);
        Store(target, Low(a, b));
        Store(target + targetStride, High(a, b));
    }

    /// <summary>Rows by columns of 4 bytes; strides in bytes from row to row.</summary>
    public static void Matrix4(long source, long stride, long target, long targetStride, long rows, long columns)
    {
        for (long r = 0; r < rows; r += 4)
            for (long c = 0; c < columns; c += 4)
                if (rows - r >= 4 && columns - c >= 4)
                    Copy4x4(source + r * stride + 4 * c, stride, target + c * targetStride + 4 * r, targetStride);
                else
                    Edge<int>(source + r * stride + 4 * c, stride, target + c * targetStride + 4 * r, targetStride,
                        Math.Min(rows - r, 4), Math.Min(columns - c, 4));
    }

    /// <summary>Rows by columns of 8 bytes.</summary>
    public static void Matrix8(long source, long stride, long target, long targetStride, long rows, long columns)
    {
        for (long r = 0; r < rows; r += 2)
            for (long c = 0; c < columns; c += 2)
                if (rows - r >= 2 && columns - c >= 2)
                    Copy8x2(source + r * stride + 8 * c, stride, target + c * targetStride + 8 * r, targetStride);
                else
                    Edge<long>(source + r * stride + 8 * c, stride, target + c * targetStride + 8 * r, targetStride,
                        Math.Min(rows - r, 2), Math.Min(columns - c, 2));
    }

    private static void Edge<T>(long source, long stride, long target, long targetStride, long rows, long columns) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        for (long r = 0; r < rows; r++)
            for (long c = 0; c < columns; c++)
                Store(target + c * targetStride + size * r, Load<T>(source + r * stride + size * c));
    }

    // Two places a stride apart.
    [MethodImpl(AggressiveInlining)]
    private static Vector256<T> Two<T>(long source, long stride) where T : unmanaged =>
        Halves.Join(Load<Vector128<T>>(source), Load<Vector128<T>>(source + stride));

    /// <summary>16 bytes of four places: three inserts from memory, where joining two halves in registers would be a shuffle.</summary>
    [MethodImpl(AggressiveInlining)]
    public static unsafe Vector512<T> Quarters<T>(long source, long stride) where T : unmanaged
    {
        if (!Avx512F.IsSupported)
            return Halves.Join(Two<T>(source, stride), Two<T>(source + 2 * stride, stride));
        var all = Vector128.Load((int*)source).ToVector256Unsafe().ToVector512Unsafe();
        all = Avx512F.InsertVector128(all, Vector128.Load((int*)(source + stride)), 1);
        all = Avx512F.InsertVector128(all, Vector128.Load((int*)(source + 2 * stride)), 2);
        return Avx512F.InsertVector128(all, Vector128.Load((int*)(source + 3 * stride)), 3).As<int, T>();
    }

    // 64 bytes of four places.
    [MethodImpl(AggressiveInlining)]
    private static (Vector512<T>, Vector512<T>, Vector512<T>, Vector512<T>) Lines<T>(long source, long stride) where T : unmanaged =>
        (Quarters<T>(source, stride), Quarters<T>(source + 16, stride), Quarters<T>(source + 32, stride), Quarters<T>(source + 48, stride));

    // In each 128 bits, lower halves interleaved: a0 b0 a1 b1.
    [MethodImpl(AggressiveInlining)]
    internal static Vector128<int> Low(Vector128<int> a, Vector128<int> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(AggressiveInlining)]
    internal static Vector256<int> Low(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported ? Avx2.UnpackLow(a, b)
        : Halves.Join(Low(a.GetLower(), b.GetLower()), Low(a.GetUpper(), b.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Low(Vector512<int> a, Vector512<int> b) => Avx512F.IsSupported ? Avx512F.UnpackLow(a, b)
        : Halves.Join(Low(a.GetLower(), b.GetLower()), Low(a.GetUpper(), b.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    internal static Vector128<long> Low(Vector128<long> a, Vector128<long> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0]);

    [MethodImpl(AggressiveInlining)]
    internal static Vector256<long> Low(Vector256<long> a, Vector256<long> b) => Avx2.IsSupported ? Avx2.UnpackLow(a, b)
        : Halves.Join(Low(a.GetLower(), b.GetLower()), Low(a.GetUpper(), b.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> Low(Vector512<long> a, Vector512<long> b) => Avx512F.IsSupported ? Avx512F.UnpackLow(a, b)
        : Halves.Join(Low(a.GetLower(), b.GetLower()), Low(a.GetUpper(), b.GetUpper()));

    // In each 128 bits, upper halves interleaved: a2 b2 a3 b3.
    [MethodImpl(AggressiveInlining)]
    internal static Vector128<int> High(Vector128<int> a, Vector128<int> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(AggressiveInlining)]
    internal static Vector256<int> High(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported ? Avx2.UnpackHigh(a, b)
        : Halves.Join(High(a.GetLower(), b.GetLower()), High(a.GetUpper(), b.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> High(Vector512<int> a, Vector512<int> b) => Avx512F.IsSupported ? Avx512F.UnpackHigh(a, b)
        : Halves.Join(High(a.GetLower(), b.GetLower()), High(a.GetUpper(), b.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    internal static Vector128<long> High(Vector128<long> a, Vector128<long> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[1], b[1]);

    [MethodImpl(AggressiveInlining)]
    internal static Vector256<long> High(Vector256<long> a, Vector256<long> b) => Avx2.IsSupported ? Avx2.UnpackHigh(a, b)
        : Halves.Join(High(a.GetLower(), b.GetLower()), High(a.GetUpper(), b.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> High(Vector512<long> a, Vector512<long> b) => Avx512F.IsSupported ? Avx512F.UnpackHigh(a, b)
        : Halves.Join(High(a.GetLower(), b.GetLower()), High(a.GetUpper(), b.GetUpper()));
}
