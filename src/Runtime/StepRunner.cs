using System.Collections.Immutable;

namespace Adjoint.Runtime;

/// <summary>The steps of a plan, ready to launch: kernels beside the places of their argument blocks.</summary>
internal sealed unsafe class StepRunner
{
    private readonly Launch[] launches;
    private readonly Wave[] waves;
    private readonly int[] alone;   // useful threads of each step by itself
    private readonly Func<int, int, Exception> translate;
    private readonly int computing;

    // Launches that may run at the same time, mostly one.
    private readonly record struct Wave(int First, int End, int UsefulThreads);

    public StepRunner(ImmutableArray<Step> steps, Func<int, int, Exception>? translate)
    {
        this.translate = translate ?? ((step, code) =>
            new InvalidOperationException($"Step {step} ({steps[step].Name}) failed with code {code}."));
        launches = new Launch[steps.Length];
        for (int i = 0, block = 0; i < steps.Length; block += steps[i++].Args.Length)
            launches[i] = new Launch(steps[i].Kernel, block, steps[i].Range, steps[i].Grain, steps[i].Cost);
        (waves, alone) = ([.. WavesOf(steps)], [.. steps.Select(step => step.UsefulThreads)]);
        computing = waves.Count(wave => !steps[wave.First].Commits);
    }

    /// <summary>Most threads at a time.</summary>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>Whether there is anything to commit.</summary>
    public bool HasCommits => computing < waves.Length;

    /// <summary>Runs the compute steps.</summary>
    public void Compute(long* blocks, IStepObserver? observer) => Run(blocks, 0, computing, observer);

    /// <summary>Runs the commit steps.</summary>
    public void Commit(long* blocks, IStepObserver? observer) => Run(blocks, computing, waves.Length, observer);

    /// <summary>Runs one step.</summary>
    public void RunOne(long* blocks, int step) => Run(blocks, new Wave(step, step + 1, alone[step]));

    private void Run(long* blocks, int first, int end, IStepObserver? observer)
    {
        for (int i = first; i < end; i++)
        {
            ref readonly var wave = ref waves[i];
            if (observer is null) Run(blocks, wave);
            else Run(blocks, wave, observer);
        }
    }

    private void Run(long* blocks, in Wave wave)
    {
        int threads = Math.Min(Threads, wave.UsefulThreads);
        if (threads > 1)
        {
            var failure = WorkerPool.Run(launches.AsSpan(wave.First..wave.End), (long)blocks, threads);
            if (failure.Code != 0) throw translate(wave.First + failure.Launch, failure.Code);
            return;
        }
        for (int i = wave.First; i < wave.End; i++)
        {
            ref readonly var launch = ref launches[i];
            int code = launch.Kernel((long)(blocks + launch.Block), 0, launch.Range);
            if (code != 0) throw translate(i, code);
        }
    }

    // Whoever observes sees step by step.
    private void Run(long* blocks, in Wave wave, IStepObserver observer)
    {
        for (int i = wave.First; i < wave.End; i++)
        {
            long args = (long)(blocks + launches[i].Block);
            observer.Before(i, args);
            RunOne(blocks, i);
            observer.After(i, args);
        }
    }

    private static IEnumerable<Wave> WavesOf(ImmutableArray<Step> steps)
    {
        for (int first = 0, end; first < steps.Length; first = end)
        {
            for (end = first + 1; end < steps.Length && steps[end].Beside; end++) { }
            yield return new Wave(first, end, Step.ThreadsFor(steps[first..end]));
        }
    }
}
