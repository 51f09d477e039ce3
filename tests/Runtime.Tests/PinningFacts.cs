using System.Runtime;

namespace Adjoint.Runtime.Tests;

public unsafe class PinningFacts
{
    /// <summary>Sums the bytes of external 0 into the word of external 31, and remembers what it was given.</summary>
    private sealed class Summing : CallTarget
    {
        public long[] Words { get; private set; } = [];

        public long[] Lengths { get; private set; } = [];

        public override void Invoke(Frame* frame)
        {
            Words = new Span<long>(Frame.Words(frame), Frame.Capacity).ToArray();
            Lengths = new Span<long>(Frame.Lengths(frame), Frame.Capacity).ToArray();
            long sum = 0;
            for (long i = 0; i < Lengths[0]; i++) sum += ((byte*)Words[0])[i];
            Frame.Words(frame)[31] = sum;
        }
    }

    [Fact]
    public void Addresses_and_lengths_land_in_their_places()
    {
        var target = new Summing();
        var frame = default(Frame);
        Span<byte> a = stackalloc byte[] { 1, 2, 3 };
        Span<double> b = stackalloc double[5];
        fixed (byte* pa = a)
        fixed (double* pb = b)
        {
            Pinning.Call<byte, double>(target, ref frame, 0, a, 7, b);
            Assert.Equal((long)pa, target.Words[0]);
            Assert.Equal((long)pb, target.Words[7]);
        }
        Assert.Equal((3, 5), (target.Lengths[0], target.Lengths[7]));
        Assert.Equal(6, Frame.GetInt64(ref frame, 31));
    }

    [Fact]
    public void Twelve_spans_pass_and_an_empty_one_has_no_address()
    {
        var target = new Summing();
        var frame = default(Frame);
        ReadOnlySpan<byte> bytes = [7];
        ReadOnlySpan<int> ints = [1, 2];
        Pinning.Call(target, ref frame, 0, bytes, 1, ints, 2, bytes, 3, ints, 4, bytes, 5, ints,
            6, bytes, 7, ints, 8, bytes, 9, ints, 10, bytes, 11, default(ReadOnlySpan<Half>));
        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 0], target.Lengths[..12]);
        Assert.Equal(0, target.Words[11]);
    }

    [Fact]
    public void A_place_outside_the_frame_is_refused() => Assert.Throws<IndexOutOfRangeException>(() =>
    {
        var frame = default(Frame);
        Pinning.Call<byte>(new Summing(), ref frame, Frame.Capacity, [1]);
    });

    [Fact]
    public void Compacting_collections_do_not_move_what_a_call_uses()
    {
        using var collector = new Repeating(() =>
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        });
        var target = new Summing();
        for (var end = DateTime.UtcNow.AddSeconds(1); DateTime.UtcNow < end;)
        {
            _ = new byte[100];   // garbage below, so that compaction has somewhere to move things
            byte[] values = new byte[20_000];
            Array.Fill(values, (byte)3);
            var frame = default(Frame);
            Pinning.Call<byte>(target, ref frame, 0, values);
            Assert.Equal(60_000, Frame.GetInt64(ref frame, 31));
        }
    }
}
