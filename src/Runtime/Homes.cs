using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Runtime;

/// <summary>A place of its own for each thread in a small array, so that threads do not share cache lines. Threads are
/// dealt out by number: a few more places than processors make it rare that two busy ones meet in one.</summary>
internal static class Homes
{
    /// <summary>How many places there are; a power of two.</summary>
    public static readonly int Count =
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(4 * Environment.ProcessorCount, 128));

    /// <summary>From one place to the next in 8-byte elements: two cache lines, since processors fetch them in
    /// pairs.</summary>
    public const int Stride = 16;

    /// <summary>Elements of an array with all places. The first place keeps clear of the array's header.</summary>
    public static readonly int ArrayLength = (Count + 1) * Stride;

    // A field of the thread's is read in a nanosecond; asking for its number takes several.
    [ThreadStatic] private static int mine;

    /// <summary>Index of the place of the current thread.</summary>
    public static int Mine
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => mine is > 0 and var place ? place : Choose();
    }

    private static int Choose() => mine = ((Environment.CurrentManagedThreadId & (Count - 1)) + 1) * Stride;
}
