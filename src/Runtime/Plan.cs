using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Adjoint.Runtime;

/// <summary>A compiled computation as the runtime sees it: kernels in order, and where their arguments come from.
/// Immutable but for <see cref="Threads"/>, and safe to run from many threads at once.</summary>
public sealed unsafe class Plan
{
    private const int StackWords = 64;

    private readonly ArgumentLayout layout;
    private readonly StepRunner runner;
    private readonly WorkspaceCache? workspaces;   // null: the blocks fit on the stack and there is no arena
    private readonly ParameterStore? store;
    private readonly RunCounter runs = new();
    private readonly object[] kept;                // what the addresses in the blocks point into

    /// <summary>Checks the parts against each other and lays out the argument blocks.</summary>
    /// <param name="steps">Compute steps in order, then the commit steps.</param>
    /// <param name="inlineExternals">One entry per input and output of a call: whether it is a scalar passed by
    /// value.</param>
    /// <param name="arenaBytes">Scratch memory of one call, 64-byte aligned.</param>
    /// <param name="constants">What <see cref="ArgWord.Constant"/> refers to. The plan keeps them; do not dispose
    /// them.</param>
    /// <param name="store">Where the parameters live; needed if there are any.</param>
    /// <param name="parameters">What <see cref="ArgWord.Parameter"/> refers to.</param>
    /// <param name="translate">Turns (index of the failing step, its code) into the exception to throw.</param>
    /// <exception cref="ArgumentException">A compute step follows a commit step, an index or offset lies outside what
    /// it refers to, a grain is below 1, or a parameter is not the store's.</exception>
    public Plan(
        ImmutableArray<Step> steps,
        ImmutableArray<bool> inlineExternals,
        long arenaBytes = 0,
        ImmutableArray<NativeBuffer> constants = default,
        ParameterStore? store = null,
        ImmutableArray<ParameterBuffer> parameters = default,
        Func<int, int, Exception>? translate = null)
    {
        if (constants.IsDefault) constants = [];
        if (parameters.IsDefault) parameters = [];
        new PlanCheck(steps, inlineExternals, arenaBytes, constants, store, parameters).Run();

        (Steps, ArenaBytes, this.store) = (steps, arenaBytes, parameters.IsEmpty ? null : store);
        kept = [.. constants, .. parameters];
        layout = new ArgumentLayout(steps, inlineExternals, constants, parameters);
        runner = new StepRunner(steps, translate);
        if (arenaBytes > 0 || layout.WordCount > StackWords)
            workspaces = new WorkspaceCache(() => new Workspace(layout, arenaBytes));
    }

    /// <summary>The steps as given.</summary>
    public ImmutableArray<Step> Steps { get; }

    /// <summary>Bytes of scratch memory that each call in flight holds.</summary>
    public long ArenaBytes { get; }

    /// <summary>Calls so far, failed ones included. A few may be missing if more threads call than there are
    /// processors.</summary>
    public long Runs => runs.Total;

    /// <summary>How many threads a call may use, its own included. By default one per processor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Threads
    {
        get => runner.Threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            runner.Threads = value;
        }
    }

    /// <summary>Who is told of every step of every run; nobody by default.</summary>
    public IStepObserver? Observer { get; init; }

    /// <summary>Runs all steps. Allocates nothing once as many calls as now have been in flight before.</summary>
    /// <param name="words">One word per external: its address, or its bits if it is passed inline. Buffers must not
    /// move during the call. The words of inline outputs are written.</param>
    /// <exception cref="Exception">What translate made of an error code. Parameters are then unchanged, and the
    /// contents of outputs are unspecified.</exception>
    [SkipLocalsInit]
    public void Run(long* words)
    {
        if (Observer is not null)
        {
            Run(words, Observer);
            return;
        }
        runs.Increment();
        if (workspaces is null)
        {
            long* blocks = stackalloc long[StackWords];
            layout.Prepare(blocks, 0);
            layout.Bind(blocks, words);
            Execute(blocks, null);
        }
        else
        {
            RunInWorkspace(workspaces, words, null);
        }
        GC.KeepAlive(this);
    }

    /// <summary>Runs a plan without externals.</summary>
    /// <exception cref="InvalidOperationException">It has some.</exception>
    public void Run()
    {
        if (!layout.IsClosed) throw new InvalidOperationException("Plan: a call has to say where its inputs and outputs are.");
        Run(null);
    }

    /// <summary>As <see cref="Run(long*)"/>, telling <paramref name="observer"/> of every step.</summary>
    /// <inheritdoc cref="Run(long*)"/>
    public void Run(long* words, IStepObserver observer)
    {
        runs.Increment();
        RunInWorkspace(workspaces ?? new WorkspaceCache(() => new Workspace(layout, 0)), words, observer);
        GC.KeepAlive(this);
    }

    /// <summary>Memory for calls of which some steps may be left out: everything that a step has written stays.</summary>
    /// <param name="words">As <see cref="Run(long*)"/> takes them, for all calls; kept, with what they point to, by the caller.</param>
    public KeptMemory Keep(ReadOnlySpan<long> words) => new(this, layout, words);

    internal void RunSteps(long* blocks, Span<bool> pending)
    {
        runs.Increment();
        store?.Access.BeginRead();
        try
        {
            for (int i = 0; i < pending.Length; i++)
                if (pending[i])
                {
                    runner.RunOne(blocks, i);
                    pending[i] = false;
                }
        }
        finally
        {
            store?.Access.EndRead();
        }
        GC.KeepAlive(this);
    }

    private void RunInWorkspace(WorkspaceCache from, long* words, IStepObserver? observer)
    {
        var workspace = from.Rent();
        try
        {
            layout.Bind(workspace.Blocks, words);
            Execute(workspace.Blocks, observer);
        }
        finally
        {
            from.Return(workspace);
        }
    }

    private void Execute(long* blocks, IStepObserver? observer)
    {
        if (store is null) runner.Compute(blocks, observer);
        else if (runner.HasCommits) Update(store.Access, blocks, observer);
        else Read(store.Access, blocks, observer);
    }

    private void Read(StoreAccess access, long* blocks, IStepObserver? observer)
    {
        access.BeginRead();
        try
        {
            runner.Compute(blocks, observer);
        }
        finally
        {
            access.EndRead();
        }
    }

    private void Update(StoreAccess access, long* blocks, IStepObserver? observer)
    {
        access.BeginUpdate();
        try
        {
            runner.Compute(blocks, observer);
            access.BeginCommit();
            try
            {
                runner.Commit(blocks, observer);
            }
            finally
            {
                access.EndCommit();
            }
        }
        finally
        {
            access.EndUpdate();
        }
    }
}
