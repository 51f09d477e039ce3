using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Runtime;

/// <summary>What one call of a plan needs to itself: the arena, and the argument blocks that point into it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Plans are dropped, not disposed; the memory frees itself.")]
internal sealed unsafe class Workspace
{
    private readonly NativeBuffer memory;   // the arena, then from the next cache line the blocks

    public Workspace(ArgumentLayout layout, long arenaBytes)
    {
        long blocks = (arenaBytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;
        memory = new NativeBuffer(checked(blocks + layout.WordCount * sizeof(long)));
        Blocks = (long*)(memory.Address + blocks);
        layout.Prepare(Blocks, memory.Address);
    }

    /// <summary>The argument blocks of all steps; words of externals hold what the last call left.</summary>
    public long* Blocks { get; }
}
