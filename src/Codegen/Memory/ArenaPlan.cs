using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>The scratch memory of a program: what lives when, and, for numbers in the place of symbols, where it lies.</summary>
/// <param name="lifetimes">When each buffer holds values, by arena number.</param>
/// <param name="places">Where tensors live.</param>
/// <param name="searches">Whether there is time to look for a layout that takes fewer bytes.</param>
internal sealed class ArenaPlan(ImmutableArray<Lifetime> lifetimes, MemoryPlaces places, bool searches = true)
{
    private readonly Lock sync = new();
    private (ArenaBuffer[] Buffers, long Bytes)? known;   // where there are no symbols

    /// <summary>When each buffer holds values, by arena number.</summary>
    public ImmutableArray<Lifetime> Lifetimes => lifetimes;

    /// <summary>The buffers, not placed.</summary>
    /// <param name="bindings">Numbers for the symbols.</param>
    /// <exception cref="InvalidOperationException">A symbol is not bound.</exception>
    public ArenaBuffer[] Buffers(IReadOnlyDictionary<string, long> bindings) => [.. lifetimes.Select((l, i) =>
        new ArenaBuffer(l.First, l.Last, MemoryPlaces.BytesOf(places.Arena[i]).Evaluate(bindings), 0, l.Reuses))];

    /// <summary>
    /// The buffers with their offsets, not to be changed, and the
    /// bytes of all; computed once where there are no symbols.
    /// </summary>
    /// <inheritdoc cref="Buffers"/>
    public (ArenaBuffer[] Buffers, long Bytes) Layout(IReadOnlyDictionary<string, long> bindings)
    {
        if (bindings.Count > 0)
            return ArenaLayout.Solve(Buffers(bindings), searches);
        lock (sync)
            return known ??= ArenaLayout.Solve(Buffers(bindings), searches);
    }
}
