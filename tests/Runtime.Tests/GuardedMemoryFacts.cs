using Adjoint.Testing;

namespace Adjoint.Runtime.Tests;

public class GuardedMemoryFacts
{
    [SkippableTheory, InlineData(1), InlineData(4096), InlineData(10_000)]
    public void The_byte_after_the_end_cannot_be_read(long bytes)
    {
        Skip.IfNot(GuardedMemory.Available, "guard pages need Linux");
        using var memory = GuardedMemory.EndingAtGuard(bytes);
        memory.AsSpan<byte>().Fill(1);
        Assert.True(GuardedMemory.IsReadable(memory.Address + bytes - 1));
        Assert.False(GuardedMemory.IsReadable(memory.Address + bytes));
    }

    [SkippableFact]
    public void The_byte_before_the_start_cannot_be_read()
    {
        Skip.IfNot(GuardedMemory.Available, "guard pages need Linux");
        using var memory = GuardedMemory.StartingAtGuard(100);
        memory.AsSpan<byte>().Fill(1);
        Assert.True(GuardedMemory.IsReadable(memory.Address));
        Assert.False(GuardedMemory.IsReadable(memory.Address - 1));
    }
}
