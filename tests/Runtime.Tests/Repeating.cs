using System.Runtime.ExceptionServices;

namespace Adjoint.Runtime.Tests;

/// <summary>Repeats an action on a thread of its own until disposed; what it throws is thrown there.</summary>
internal sealed class Repeating : IDisposable
{
    private readonly Thread thread;
    private Exception? thrown;
    private bool stop;

    public Repeating(Action action)
    {
        thread = new Thread(() =>
        {
            try
            {
                while (!Volatile.Read(ref stop)) action();
            }
            catch (Exception exception)
            {
                thrown = exception;
            }
        });
        thread.Start();
    }

    public void Dispose()
    {
        Volatile.Write(ref stop, true);
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)), "The thread hangs.");
        if (thrown is not null) ExceptionDispatchInfo.Throw(thrown);
    }
}
