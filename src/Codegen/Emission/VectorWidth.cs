using System.Runtime.Intrinsics;

namespace Adjoint.Codegen;

/// <summary>How wide the registers of compiled kernels are. Results do not depend on it, only speed does.</summary>
public enum VectorWidth
{
    /// <summary>One element at a time.</summary>
    Scalar,

    /// <summary>16 bytes, four floats: NEON, SSE.</summary>
    Bits128,

    /// <summary>32 bytes, eight floats: AVX2.</summary>
    Bits256,

    /// <summary>64 bytes, sixteen floats: AVX-512.</summary>
    Bits512,
}

/// <summary>What this machine offers.</summary>
public static class VectorWidths
{
    /// <summary>The widest registers that the hardware runs at full speed.</summary>
    public static VectorWidth Best { get; } =
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>Bytes in a register; 0 for <see cref="VectorWidth.Scalar"/>.</summary>
    public static int Bytes(this VectorWidth width) => width is VectorWidth.Scalar ? 0 : 8 << (int)width;
}
