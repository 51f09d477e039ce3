using System.Runtime.CompilerServices;

namespace Adjoint.Runtime;

/// <summary>Counts calls from many threads without making them share a cache line. Exact while no two threads with the
/// same home count at once; under such a collision a count may get lost.</summary>
internal sealed class RunCounter
{
    private readonly long[] counts = new long[Homes.ArrayLength];

    /// <summary>All counts so far.</summary>
    public long Total => counts.Sum();

    /// <summary>One more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment() => counts[Homes.Mine]++;
}
