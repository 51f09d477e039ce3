using System.Runtime.CompilerServices;

namespace Adjoint.Runtime;

/// <summary>The arguments and results of one typed call, on the caller's stack: per external a word (its address, or
/// its bits when it is a scalar) and the length of its span. Blittable; words come first, then lengths.</summary>
public unsafe struct Frame
{
    /// <summary>Most externals of a typed call.</summary>
    public const int Capacity = 32;

    private Slots words;
    private Slots lengths;

    [InlineArray(Capacity)]
    private struct Slots
    {
        private long first;
    }

    /// <summary>The words, as <see cref="Plan.Run(long*)"/> takes them. <paramref name="frame"/> must not
    /// move.</summary>
    public static long* Words(Frame* frame) => (long*)frame;

    /// <summary>Elements in the span of each external; 0 for scalars.</summary>
    public static long* Lengths(Frame* frame) => (long*)frame + Capacity;

    /// <summary>Elements in the span of external <paramref name="index"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long GetLength(ref Frame frame, int index) => frame.lengths[index];

    /// <summary>Passes a scalar by value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetSingle(ref Frame frame, int index, float value) =>
        frame.words[index] = BitConverter.SingleToInt32Bits(value);

    /// <inheritdoc cref="SetSingle"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetDouble(ref Frame frame, int index, double value) =>
        frame.words[index] = BitConverter.DoubleToInt64Bits(value);

    /// <inheritdoc cref="SetSingle"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetInt32(ref Frame frame, int index, int value) => frame.words[index] = value;

    /// <inheritdoc cref="SetSingle"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetInt64(ref Frame frame, int index, long value) => frame.words[index] = value;

    /// <summary>Passes one byte by value, the first of its word; of a bool, 0 or 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetBoolean(ref Frame frame, int index, bool value) => frame.words[index] = value ? 1 : 0;

    /// <inheritdoc cref="SetBoolean"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetSByte(ref Frame frame, int index, sbyte value) => frame.words[index] = value;

    /// <inheritdoc cref="SetBoolean"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetByte(ref Frame frame, int index, byte value) => frame.words[index] = value;

    /// <summary>The scalar that a kernel wrote to the word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float GetSingle(ref Frame frame, int index) =>
        BitConverter.Int32BitsToSingle((int)frame.words[index]);

    /// <inheritdoc cref="GetSingle"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double GetDouble(ref Frame frame, int index) => BitConverter.Int64BitsToDouble(frame.words[index]);

    /// <inheritdoc cref="GetSingle"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int GetInt32(ref Frame frame, int index) => (int)frame.words[index];

    /// <inheritdoc cref="GetSingle"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long GetInt64(ref Frame frame, int index) => frame.words[index];

    /// <summary>What a kernel wrote to the first byte of the word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GetBoolean(ref Frame frame, int index) => (byte)frame.words[index] != 0;

    /// <inheritdoc cref="GetBoolean"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte GetSByte(ref Frame frame, int index) => unchecked((sbyte)frame.words[index]);

    /// <inheritdoc cref="GetBoolean"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte GetByte(ref Frame frame, int index) => unchecked((byte)frame.words[index]);

    /// <summary>Whether [a, a + aBytes) and [b, b + bBytes) share a byte. Empty ranges share none.</summary>
    public static bool Overlaps(long a, long aBytes, long b, long bBytes) =>
        aBytes > 0 && bBytes > 0 && a < b + bBytes && b < a + aBytes;

    /// <summary>Passes pinned memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Bind(int index, void* address, int length)
    {
        words[index] = (long)address;
        lengths[index] = length;
    }
}
