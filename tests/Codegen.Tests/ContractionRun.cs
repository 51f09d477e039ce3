using System.Collections.Immutable;
using Adjoint.Passes;
using Adjoint.Runtime;
using Adjoint.Testing;

namespace Adjoint.Codegen.Tests;

/// <summary>Runs the kernels of a fused computation in order, every buffer between guard pages.</summary>
internal sealed class ContractionRun : IDisposable
{
    private readonly Dictionary<object, GuardedMemory> memory = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, object> aliases = new(ReferenceEqualityComparer.Instance);
    private readonly FusedComputation fused;
    private readonly Dictionary<string, long> bindings;
    private readonly bool atEnd;

    public ContractionRun(Computation f, Dictionary<string, long>? bindings = null, bool atEnd = true) =>
        (fused, this.bindings, this.atEnd) = (Fuse.Run(f), bindings ?? [], atEnd);

    /// <summary>How many pieces the range of each kernel is cut into.</summary>
    public int Pieces { get; init; } = 1;

    /// <summary>Whether large results are stored past the caches.</summary>
    public bool Streams { get; init; }

    public VectorWidth Width { get; init; } = VectorWidths.Best;

    public FusedComputation Fused => fused;

    /// <summary>The memory of a node, as the kernels see it.</summary>
    public Span<T> Of<T>(Node node) where T : unmanaged => Memory(node).AsSpan<T>();

    /// <summary>Lets a node be computed in the memory of another.</summary>
    public void InPlace(Node node, Node memory) => aliases[node] = memory;

    public int Run()
    {
        foreach (var group in fused.Groups)
            foreach (var plan in Lower(group))
                if (Run(Streams ? LoopLowering.Streaming(plan, memory => memory is Node) : plan) is not 0 and var error)
                    return error;
        return 0;
    }

    /// <summary>Runs groups that do not depend on each other, all kernels of one code in one launch.</summary>
    /// <returns>How many launches there were.</returns>
    public int RunInTables()
    {
        var tables = fused.Groups.SelectMany(g => Lower(g).Index()).GroupBy(k => (k.Index, LaunchTable.KeyOf(k.Item)))
            .OrderBy(t => t.Key.Index).Select(t => t.Select(k => k.Item).ToList()).ToList();
        foreach (var table in tables)
        {
            var entries = LaunchTable.Of(table);
            Assert.Single(entries.Select(e => e.Key).Distinct());
            var block = LaunchTable.Block([.. entries.Select(e => (e.Arguments.Select(a => ArgWord.Literal(WordOf(a))).ToImmutableArray(),
                e.Grain, e.Range.Evaluate(bindings)))], out long pieces);
            Assert.Equal(0, Run(entries[0], block.Select(w => w.Value), pieces, grain: 1));
        }
        return tables.Count;
    }

    private static ImmutableArray<KernelPlan> Lower(FusionGroup group) => group.Kind switch
    {
        GroupKind.Contraction => ContractionLowering.Of(group),
        GroupKind.Scatter => ScatterLowering.Of(group),
        GroupKind.Routine => RoutineLowering.Of(group),
        _ => LoopLowering.Of(group),
    };

    private int Run(KernelPlan plan) => Run(plan, plan.Arguments.Select(WordOf), plan.Range.Evaluate(bindings), plan.Grain);

    private int Run(KernelPlan plan, IEnumerable<long> words, long range, long grain)
    {
        var kernel = KernelCache.Get(plan, Width, out _);
        using var block = new GuardedBlock(words);
        long done = 0;
        for (int piece = 0; piece < Pieces; piece++)
        {
            long end = piece == Pieces - 1 ? range : range * (piece + 1) / Pieces / grain * grain;
            if (kernel(block.Address, done, Math.Max(done, end)) is not 0 and var error)
                return error;
            done = Math.Max(done, end);
        }
        return 0;
    }

    private long WordOf(Argument argument) => argument switch
    {
        MemoryArgument m => Memory(m.Buffer).Address + m.ByteOffset.Evaluate(bindings),
        NumberArgument n => n.Value.Evaluate(bindings),
        _ => throw new NotSupportedException(),
    };

    private GuardedMemory Memory(object buffer)
    {
        if (aliases.TryGetValue(buffer, out var home))
            return Memory(home);
        if (!memory.TryGetValue(buffer, out var made))
        {
            long bytes = MemoryPlaces.BytesOf(buffer).Evaluate(bindings);
            memory.Add(buffer, made = atEnd ? GuardedMemory.EndingAtGuard(bytes) : GuardedMemory.StartingAtGuard(bytes));
            made.AsSpan<byte>().Fill(0xCD);
        }
        return made;
    }

    public void Dispose()
    {
        foreach (var m in memory.Values)
            m.Dispose();
    }

    private sealed class GuardedBlock : IDisposable
    {
        private readonly GuardedMemory words;

        public GuardedBlock(IEnumerable<long> values)
        {
            long[] all = [.. values];
            words = GuardedMemory.EndingAtGuard(8 * all.Length);
            all.CopyTo(words.AsSpan<long>());
        }

        public long Address => words.Address;

        public void Dispose() => words.Dispose();
    }
}
