using System.Diagnostics;
using Adjoint;

namespace Digits;

/// <summary>What an epoch came to.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Loss">Mean over its steps, while weights were changing.</param>
/// <param name="TestAccuracy">Share of held-out images that the weights at its end get right.</param>
internal readonly record struct Epoch(int Number, double Loss, double TestAccuracy);

/// <summary>Trains a network and measures its steps.</summary>
internal sealed class Trainer
{
    private readonly Split data;
    private readonly Settings settings;
    private readonly Step step;
    private readonly Executable predict;
    private readonly ImageSet batch;
    private readonly int[] order;
    private readonly Random random;
    private readonly StepClock clock = new();

    public Trainer(Split data, Settings settings)
    {
        (this.data, this.settings) = (data, settings);
        var model = new Perceptron(data.Train.PixelsPerImage, settings.Hidden, settings.Seed);
        var store = new ParameterStore();
        var options = new CompileOptions { Threads = settings.Threads };
        // The first compilation of a process mostly waits for .NET to compile the compiler. Predictions take that turn, and
        // no kernel of theirs is kept, so the time of the training step is that of the whole step in a warm process.
        (predict, FirstCompile) = Timed(() => model.Prediction.Compile(store, options));
        Executable.ClearKernelCache();
        (Training, Compile) = Timed(() => model.Training.Compile(store, options));
        step = Training.As<Step>();
        batch = new(new float[settings.Batch * data.Train.PixelsPerImage], new int[settings.Batch], data.Train.PixelsPerImage);
        order = [.. Enumerable.Range(0, data.Train.Count)];
        random = new(settings.Seed);
    }

    /// <summary>The compiled step.</summary>
    public Executable Training { get; }

    /// <summary>Time to compile the step, with no kernel at hand.</summary>
    public TimeSpan Compile { get; }

    /// <summary>Time of the process's first compilation, that of predictions.</summary>
    public TimeSpan FirstCompile { get; }

    /// <summary>Steps per epoch; the last one sees what is left over.</summary>
    public int StepsPerEpoch => (order.Length + settings.Batch - 1) / settings.Batch;

    /// <summary>Time and allocation per step.</summary>
    public StepClock Clock => clock;

    private static (Executable, TimeSpan) Timed(Func<Executable> compile)
    {
        long start = Stopwatch.GetTimestamp();
        var compiled = compile();
        return (compiled, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Trains, an epoch per element.</summary>
    public IEnumerable<Epoch> Run()
    {
        for (int epoch = 0; epoch < settings.Epochs; epoch++)
        {
            if (epoch == 1)
                clock.Reset();   // the first epoch binds "batch" to its two sizes; from here on steps are steady
            random.Shuffle(order);
            double loss = 0;
            for (int s = 0; s < StepsPerEpoch; s++)
                loss += Train(s, RateAt((double)(epoch * StepsPerEpoch + s) / (settings.Epochs * StepsPerEpoch)));
            yield return new(epoch + 1, loss / order.Length, TestAccuracy());
        }
    }

    // Half a cosine from the full rate to zero: I. Loshchilov, F. Hutter, "SGDR", ICLR 2017, without restarts.
    private static float RateAt(double progress) => (float)(Settings.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress)));

    // The loss summed over the images of one step.
    private double Train(int number, float rate)
    {
        var positions = order.AsSpan(number * settings.Batch, Math.Min(settings.Batch, order.Length - number * settings.Batch));
        batch.CopyFrom(data.Train, positions);
        clock.Start();
        float loss = step(batch.Pixels.AsSpan(0, positions.Length * batch.PixelsPerImage), batch.Labels.AsSpan(0, positions.Length), rate);
        clock.Stop();
        return (double)loss * positions.Length;
    }

    private double TestAccuracy()
    {
        var classes = predict.Run(HostTensor.From(data.Test.Pixels, [data.Test.Count, data.Test.PixelsPerImage]))["class"].ToArray<long>();
        return classes.Zip(data.Test.Labels).Count(pair => pair.First == pair.Second) / (double)data.Test.Count;
    }
}
