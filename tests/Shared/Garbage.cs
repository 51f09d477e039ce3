namespace Adjoint.Tests;

/// <summary>What calls leave to the collector.</summary>
internal static class Garbage
{
    private const int Rounds = 5;

    /// <summary>Demands that calls allocate nothing once all they need is compiled.</summary>
    /// <remarks>What a call allocates shows in every round. Now and then the runtime allocates on the thread that happens to run: it
    /// makes the thread of its tiered compiler there. That shows in one round only, so one without garbage is enough.</remarks>
    public static void AssertNone(Action call, int calls = 100)
    {
        BytesOf(call, calls);
        Assert.Contains(0, Enumerable.Range(0, Rounds).Select(_ => BytesOf(call, calls)));
    }

    private static long BytesOf(Action call, int calls)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++)
            call();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
