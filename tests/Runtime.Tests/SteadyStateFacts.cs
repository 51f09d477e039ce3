using System.Runtime.CompilerServices;
using Adjoint.Tests;

namespace Adjoint.Runtime.Tests;

/// <summary>What a million calls cost besides their work: nothing that stays.</summary>
public unsafe class SteadyStateFacts
{
    private static Plan Plan(long arenaBytes, double cost = 0) => new(
        [new("nothing", Kernels.Nothing, [ArgWord.External(0), ArgWord.Literal(1)], 1000, 10, cost)],
        [true], arenaBytes);

    private static Action Calling(Plan plan) => () =>
    {
        long word = 0;
        plan.Run(&word);
    };

    [Fact]
    public void A_plan_without_workspace_allocates_nothing() => Garbage.AssertNone(Calling(Plan(0)));

    [Fact]
    public void A_plan_with_an_arena_allocates_nothing() => Garbage.AssertNone(Calling(Plan(4096)));

    [Fact]
    public void A_parallel_step_allocates_nothing() => Garbage.AssertNone(Calling(Plan(0, cost: 1e6)));

    [Fact]
    public void Two_plans_that_take_turns_allocate_nothing()
    {
        var (first, second) = (Calling(Plan(64)), Calling(Plan(128)));
        Garbage.AssertNone(() =>
        {
            first();
            second();
        });
    }

    [Fact]
    public void Reading_and_updating_parameters_allocates_nothing()
    {
        var store = new ParameterStore();
        var w = store.GetOrAdd("w", typeof(float), [4]);
        Step touch = new("touch", Kernels.Nothing, [ArgWord.Parameter(0)], 1);
        Garbage.AssertNone(Calling(new Plan([touch], [], 0, [], store, [w])));
        Garbage.AssertNone(Calling(new Plan([touch, touch with { Commits = true }], [], 0, [], store, [w])));
    }

    [Fact]
    public void Pinned_calls_allocate_nothing()
    {
        var target = new Ignoring();
        float[] x = new float[10];
        Garbage.AssertNone(() =>
        {
            var frame = default(Frame);
            Pinning.Call<float, float>(target, ref frame, 0, x, 1, x);
        });
    }

    [Fact]
    public void Threads_that_take_turns_share_one_workspace()
    {
        int made = 0;
        var cache = new WorkspaceCache(() =>
        {
            made++;
            return new Workspace(new ArgumentLayout([], [], [], []), 64);
        });
        for (int i = 0; i < 10; i++)
        {
            var thread = new Thread(() => cache.Return(cache.Rent()));
            thread.Start();
            thread.Join();
        }
        Assert.Equal(1, made);
    }

    [Fact]
    public void Calls_at_the_same_time_get_workspaces_of_their_own()
    {
        var cache = new WorkspaceCache(() => new Workspace(new ArgumentLayout([], [], [], []), 64));
        Workspace[] rented = [.. Enumerable.Range(0, 50).Select(_ => cache.Rent())];
        Assert.Equal(50, rented.Distinct().Count());
        foreach (var workspace in rented) cache.Return(workspace);
        Assert.Contains(cache.Rent(), rented);
    }

    [Fact]
    public void A_dropped_plan_is_collected_though_its_threads_live_on()
    {
        var plan = RunAndDrop();
        for (int i = 0; i < 10 && plan.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(plan.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunAndDrop()
    {
        var plan = Plan(1 << 16, cost: 1e6);
        Calling(plan)();
        return new WeakReference(plan);
    }

    private sealed class Ignoring : CallTarget
    {
        public override void Invoke(Frame* frame) { }
    }
}
