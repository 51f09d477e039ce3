namespace Adjoint.Runtime.Tests;

public class NativeBufferFacts
{
    [Theory, InlineData(0), InlineData(1), InlineData(63), InlineData(4096), InlineData(5 << 20)]
    public void Memory_is_aligned_zero_and_as_long_as_asked(long bytes)
    {
        using var buffer = new NativeBuffer(bytes);
        Assert.Equal(0, buffer.Address % NativeBuffer.Alignment);
        Assert.Equal(bytes, buffer.AsSpan<byte>().Length);
        Assert.False(buffer.AsSpan<byte>().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_view_has_whole_elements_only()
    {
        using var buffer = new NativeBuffer(12);
        Assert.Equal(3, buffer.AsSpan<float>().Length);
        Assert.Throws<InvalidOperationException>(() => buffer.AsSpan<double>().Length);
    }

    [Fact]
    public void A_freed_buffer_has_no_address()
    {
        var buffer = new NativeBuffer(8);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Address);
    }

    [Fact]
    public void A_negative_length_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer(-1));
}
