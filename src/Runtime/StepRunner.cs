using System.Collections.Immutable;

namespace Adjoint.Runtime;

/// <summary>The steps of a plan, ready to launch: kernels beside the places of their argument blocks.</summary>
internal sealed unsafe class StepRunner
{
    // A spinning worker joins within 1 us, a parked one within 10 to 50: below this much work each, help is not worth
    // it.
    private const double NanosecondsPerThread = 10_000;

    private readonly Launch[] launches;
    private readonly Func<int, int, Exception> translate;
    private readonly int firstCommit;

    private readonly record struct Launch(Kernel Kernel, int Block, long Range, long Grain, int UsefulThreads);

    public StepRunner(ImmutableArray<Step> steps, Func<int, int, Exception>? translate)
    {
        this.translate = translate ?? ((step, code) =>
            new InvalidOperationException($"Step {step} ({steps[step].Name}) failed with code {code}."));
        launches = new Launch[steps.Length];
        for (int i = 0, block = 0; i < steps.Length; block += steps[i++].Args.Length)
            launches[i] = new Launch(steps[i].Kernel, block, steps[i].Range, steps[i].Grain, UsefulThreads(steps[i]));
        firstCommit = steps.Count(step => !step.Commits);
    }

    /// <summary>Most threads for one step.</summary>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>Whether there is anything to commit.</summary>
    public bool HasCommits => firstCommit < launches.Length;

    /// <summary>Runs the compute steps.</summary>
    public void Compute(long* blocks, IStepObserver? observer) => Run(blocks, 0, firstCommit, observer);

    /// <summary>Runs the commit steps.</summary>
    public void Commit(long* blocks, IStepObserver? observer) => Run(blocks, firstCommit, launches.Length, observer);

    /// <summary>Runs one step.</summary>
    public void RunOne(long* blocks, int step) => Run(blocks, step, step + 1, null);

    private void Run(long* blocks, int first, int end, IStepObserver? observer)
    {
        for (int i = first; i < end; i++)
        {
            ref readonly var launch = ref launches[i];
            long args = (long)(blocks + launch.Block);
            observer?.Before(i, args);
            int threads = Math.Min(Threads, launch.UsefulThreads);
            int code = threads > 1
                ? WorkerPool.Run(launch.Kernel, args, launch.Range, launch.Grain, threads)
                : launch.Kernel(args, 0, launch.Range);
            if (code != 0) throw translate(i, code);
            observer?.After(i, args);
        }
    }

    private static int UsefulThreads(Step step) => step.Range > step.Grain
        ? (int)Math.Clamp(step.Cost / NanosecondsPerThread, 1, (step.Range + step.Grain - 1) / step.Grain)
        : 1;
}
