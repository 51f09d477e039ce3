namespace Adjoint.Runtime.Tests;

public class TurnstileFacts
{
    [Theory, InlineData(1), InlineData(8)]
    public void A_closed_turnstile_lets_nobody_in_until_it_opens(int places)
    {
        var door = new Turnstile(open: true, places);
        Assert.True(door.TryEnter());
        door.Exit();
        door.Close();
        Assert.False(door.TryEnter());
        door.Open();
        Assert.True(door.TryEnter());
    }

    [Theory, InlineData(1), InlineData(8)]
    public void Closing_waits_for_those_inside_even_when_it_takes_long(int places)
    {
        var door = new Turnstile(open: true, places);
        door.Enter();
        bool closed = false;
        var closer = new Thread(() =>
        {
            door.Close();
            Volatile.Write(ref closed, true);
        });
        closer.Start();
        Thread.Sleep(20);   // the closer has parked by now
        Assert.False(Volatile.Read(ref closed));
        door.Exit();
        Assert.True(closer.Join(TimeSpan.FromSeconds(5)));
    }

    [Theory, InlineData(1), InlineData(8)]
    public void A_thread_that_closes_in_a_loop_does_not_starve_the_others(int places)
    {
        var door = new Turnstile(open: true, places);
        using var closer = new Repeating(() =>
        {
            door.Close();
            Thread.SpinWait(200);
            door.Open();
        });
        for (int i = 0; i < 500; i++)
        {
            door.Enter();
            door.Exit();
        }
    }
}
