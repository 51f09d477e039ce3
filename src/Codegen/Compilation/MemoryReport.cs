using System.Globalization;
using Adjoint.Codegen;

namespace Adjoint;

/// <summary>Scratch memory of one call, and of each thread that takes part.</summary>
/// <param name="ArenaBytes">Bytes that the layout takes.</param>
/// <param name="LeastBytes">Bytes alive at the most crowded step, each buffer rounded up to a cache line: no layout takes less.</param>
/// <param name="ThreadBytes">Bytes that each thread keeps for itself from call to call, such as the panel of a product at hand: the most
/// that any kernel asks for. Threads share them among all executables.</param>
public sealed record MemoryReport(long ArenaBytes, long LeastBytes, long ThreadBytes)
{
    /// <summary>Arena over least: 1 where nothing is wasted.</summary>
    public double Ratio => LeastBytes == 0 ? 1 : ArenaBytes / (double)LeastBytes;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"arena {ArenaBytes} bytes, {LeastBytes} alive at once, {Ratio:0.000} of that; {ThreadBytes} bytes per thread");

    internal static MemoryReport Of(CompiledProgram program, VectorWidth width, IReadOnlyDictionary<string, long> bindings) =>
        new(program.Arena.Layout(bindings).Bytes, ArenaLayout.LowerBound(program.Arena.Buffers(bindings)),
            program.Steps.Where(s => s.Plan.Range.Evaluate(bindings) > 0).Select(s => s.Plan.ThreadBytes(width, bindings))
                .DefaultIfEmpty(0).Max());
}
