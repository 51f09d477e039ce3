using System.Collections.Immutable;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Copies of a batch's memory with as many instances as a register
/// has lanes: where batches smaller than that are computed.
/// </summary>
internal sealed unsafe class FlatPadding
{
    private readonly FlatCode code;
    private readonly int lanes;
    private readonly int[] offsets;                       // per word: its copy; -1 for what all instances share, and for numbers
    private readonly HashSet<int> written;
    private readonly ImmutableArray<(int Word, int Size)> pitches;

    public FlatPadding(FlatCode code, int lanes)
    {
        (this.code, this.lanes) = (code, lanes);
        offsets = new int[code.Words];
        Array.Fill(offsets, -1);
        var own = code.Slots.Where(s => code.IsBatch && !s.IsShared).ToList();
        foreach (var tensor in own.GroupBy(s => s.Word))
        {
            offsets[tensor.Key] = Bytes;
            Bytes += lanes * tensor.Max(s => Math.Max((int)s.Stride.Constant, (s.Index + 1) * s.Type.Size));
            Bytes = (Bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;
        }
        pitches = [.. own.Where(s => !s.Pitch.IsConstant).Select(s => (s.Pitch.Word, s.Type.Size)).Distinct()];
        written = code.IsBatch ? [.. code.Segments.SelectMany(r => r.Stores).Select(s => s.Slot)] : [];
    }

    /// <summary>Bytes of all copies.</summary>
    public int Bytes { get; }

    /// <summary>Lets an argument block address the copies.</summary>
    public void Redirect(long* words, long memory)
    {
        for (int w = 0; w < offsets.Length; w++)
            if (offsets[w] >= 0)
                words[w] = memory + offsets[w];
        foreach (var (word, size) in pitches)
            words[word] = lanes * size;
    }

    /// <summary>Copies arguments; lanes past the batch are its last instance.</summary>
    public void CopyIn(long* from, long* to, int instances)
    {
        for (int s = 0; s < code.Slots.Length; s++)
            if (!code.Slots[s].IsShared && !written.Contains(s))
                for (int lane = 0; lane < lanes; lane++)
                    Copy(code.Slots[s], from, Math.Min(lane, instances - 1), to, lane);
    }

    /// <summary>Copies results back.</summary>
    public void CopyOut(long* to, long* from, int instances)
    {
        foreach (int s in written)
            if (s < code.Slots.Length)
                for (int lane = 0; lane < instances; lane++)
                    Copy(code.Slots[s], from, lane, to, lane);
    }

    private static void Copy(FlatSlot slot, long* from, int source, long* to, int target) =>
        Buffer.MemoryCopy((void*)Address(slot, from, source), (void*)Address(slot, to, target), slot.Type.Size, slot.Type.Size);

    private static long Address(FlatSlot slot, long* words, int instance) =>
        words[slot.Word] + slot.Index * (slot.Pitch.IsConstant ? slot.Pitch.Constant : words[slot.Pitch.Word])
        + instance * slot.Stride.Constant;
}
