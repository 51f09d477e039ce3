using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static Adjoint.Codegen.Memory;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Small squares copied with their axes exchanged: element (i, j) of the source to (j, i) of the target, in 128-bit registers.</summary>
internal static class TransposedMemory
{
    /// <summary>4 by 4 elements of 4 bytes; strides in bytes from row to row.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Copy4(long source, long stride, long target, long targetStride) =>
        Join4(source, source + stride, source + 2 * stride, source + 3 * stride, target, targetStride);

    /// <summary>2 by 2 elements of 8 bytes.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Copy8(long source, long stride, long target, long targetStride) => Join8(source, source + stride, target, targetStride);

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

    /// <summary>Two elements of 8 bytes from each of two places.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Join8(long first, long second, long target, long targetStride)
    {
        Vector128<long> a = Load<Vector128<long>>(first), b = Load<Vector128<long>>(second);
        Store(target, Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0]));
        Store(target + targetStride,
            Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[1], b[1]));
    }

    /// <summary>Rows by columns of 4 bytes; strides in bytes from row to row.</summary>
    public static void Matrix4(long source, long stride, long target, long targetStride, long rows, long columns)
    {
        for (long r = 0; r < rows; r += 4)
            for (long c = 0; c < columns; c += 4)
                if (rows - r >= 4 && columns - c >= 4)
                    Copy4(source + r * stride + 4 * c, stride, target + c * targetStride + 4 * r, targetStride);
                else
                    Edge<int>(source + r * stride + 4 * c, stride, target + c * targetStride + 4 * r, targetStride, Math.Min(rows - r, 4), Math.Min(columns - c, 4));
    }

    /// <summary>Rows by columns of 8 bytes.</summary>
    public static void Matrix8(long source, long stride, long target, long targetStride, long rows, long columns)
    {
        for (long r = 0; r < rows; r += 2)
            for (long c = 0; c < columns; c += 2)
                if (rows - r >= 2 && columns - c >= 2)
                    Copy8(source + r * stride + 8 * c, stride, target + c * targetStride + 8 * r, targetStride);
                else
                    Edge<long>(source + r * stride + 8 * c, stride, target + c * targetStride + 8 * r, targetStride, Math.Min(rows - r, 2), Math.Min(columns - c, 2));
    }

    private static void Edge<T>(long source, long stride, long target, long targetStride, long rows, long columns) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        for (long r = 0; r < rows; r++)
            for (long c = 0; c < columns; c++)
                Store(target + c * targetStride + size * r, Load<T>(source + r * stride + size * c));
    }

    // Lower halves interleaved: a0 b0 a1 b1.
    [MethodImpl(AggressiveInlining)]
    private static Vector128<int> Low(Vector128<int> a, Vector128<int> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    // Upper halves interleaved: a2 b2 a3 b3.
    [MethodImpl(AggressiveInlining)]
    private static Vector128<int> High(Vector128<int> a, Vector128<int> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
