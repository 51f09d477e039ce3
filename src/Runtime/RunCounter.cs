using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Runtime;

/// <summary>Counts calls from many threads without making them share a cache line. Exact while no two threads with the
/// same home count at once; under such a collision a count may get lost.</summary>
internal sealed class RunCounter
{
    private const int Stride = 8;   // longs per cache line

    private static readonly int Homes = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount);

    private readonly long[] counts = new long[Homes * Stride];

    /// <summary>All counts so far.</summary>
    public long Total => counts.Sum();

    /// <summary>One more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment() => counts[(Environment.CurrentManagedThreadId & (Homes - 1)) * Stride]++;
}
