using System.Globalization;
using Adjoint.Codegen;

namespace Adjoint;

/// <summary>Scratch memory of one call.</summary>
/// <param name="ArenaBytes">Bytes that the layout takes.</param>
/// <param name="LeastBytes">Bytes alive at the most crowded step, each buffer rounded up to a cache line: no layout takes less.</param>
public sealed record MemoryReport(long ArenaBytes, long LeastBytes)
{
    /// <summary>Arena over least: 1 where nothing is wasted.</summary>
    public double Ratio => LeastBytes == 0 ? 1 : ArenaBytes / (double)LeastBytes;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"arena {ArenaBytes} bytes, {LeastBytes} alive at once, {Ratio:0.000} of that");

    internal static MemoryReport Of(ArenaPlan arena, IReadOnlyDictionary<string, long> bindings) =>
        new(arena.Layout(bindings).Bytes, ArenaLayout.LowerBound(arena.Buffers(bindings)));
}
