using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Adjoint.Codegen;

namespace Adjoint;

/// <summary>What one kernel took over the calls of a profile.</summary>
/// <param name="Name">Its name in stack traces.</param>
/// <param name="Origins">The user's lines.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Seconds">How long, in all.</param>
/// <param name="Flops">Arithmetic operations, in all; mathematical functions count as one.</param>
/// <param name="Bytes">Bytes that it had to read and write, in all.</param>
/// <param name="LeastSeconds">What one thread of this machine needs for as much, at the roofline.</param>
public sealed record KernelProfile(string Name, string Origins, long Calls, double Seconds, double Flops, double Bytes, double LeastSeconds)
{
    /// <summary>
    /// Share of what the machine can do: 1 at the roofline of one
    /// thread, more where several took part or caches held the data.
    /// </summary>
    public double RooflineShare => Seconds > 0 ? LeastSeconds / Seconds : 0;
}

/// <summary>
/// Calls of an executable, timed kernel by kernel: as a table, as a trace for Chrome and Perfetto, as colours in a drawing
/// of the plan. Only calls made through the profile are timed. For one thread.
/// </summary>
public sealed class Profile
{
    private const int MostEvents = 200_000;

    private readonly Executable executable;
    private readonly StepTimer timer;
    private readonly Totals[] totals;
    private readonly List<(int Kernel, StepTime Time)> events = [];

    private record struct Totals(long Calls, double Seconds, double Flops, double Bytes, double Least);

    internal Profile(Executable executable) =>
        (this.executable, timer, totals) = (executable, new(), new Totals[executable.Program.Steps.Length]);

    /// <summary>Kernels in the order in which a call runs them.</summary>
    public ImmutableArray<KernelProfile> Kernels => [.. executable.Report.Kernels.Zip(totals, (k, t) =>
        new KernelProfile(k.Name, k.Origins, t.Calls, t.Seconds, t.Flops, t.Bytes, t.Least))];

    /// <summary>
    /// Runs the computation as <see cref="Executable.Run(ReadOnlySpan{HostTensor})"/>
    /// does, and takes the time of every kernel.
    /// </summary>
    /// <inheritdoc cref="Executable.Run(ReadOnlySpan{HostTensor})"/>
    public Results Run(params ReadOnlySpan<HostTensor> arguments)
    {
        var results = executable.RunObserved(arguments, timer, out var plan);
        foreach (var time in timer.Take())
            Add(plan, plan.Launched[time.Step], time);
        return results;
    }

    private void Add(BoundPlan plan, int kernel, StepTime time)
    {
        if (events.Count < MostEvents)
            events.Add((kernel, time));
        var report = executable.Report.Kernels[kernel];
        double flops = report.Flops.Evaluate(plan.Bindings), bytes = report.Bytes.Evaluate(plan.Bindings);
        var t = totals[kernel];
        totals[kernel] = new(t.Calls + 1, t.Seconds + time.Seconds, t.Flops + flops, t.Bytes + bytes,
            t.Least + Roofline.OfThisMachine.LeastSeconds(flops, bytes));
    }

    /// <summary>Kernels by time, the longest first, with rates and the share of the roofline.</summary>
    public override string ToString()
    {
        double all = totals.Sum(t => t.Seconds);
        var (peak, text) = (Roofline.OfThisMachine, new StringBuilder());
        text.Append(CultureInfo.InvariantCulture, $"one thread of this machine: {peak.Flops / 1e9:0} GFLOP/s, {peak.Bytes / 1e9:0} GB/s\n");
        text.Append("share    calls      us/call   GFLOP/s      GB/s  roofline  kernel\n");
        foreach (var k in Kernels.Where(k => k.Calls > 0).OrderByDescending(k => k.Seconds))
            text.Append(CultureInfo.InvariantCulture,
                $"{k.Seconds / all,5:P0} {k.Calls,8} {k.Seconds / k.Calls * 1e6,12:0.00} {k.Flops / k.Seconds / 1e9,9:0.0} ")
                .Append(CultureInfo.InvariantCulture, $"{k.Bytes / k.Seconds / 1e9,9:0.0} {k.RooflineShare,9:P0}  {k.Name}  {k.Origins}\n");
        return text.ToString();
    }

    /// <summary>
    /// Every launch as JSON that chrome://tracing and ui.perfetto.dev
    /// show: times in microseconds. The first 200,000 are kept.
    /// </summary>
    public string ToTrace()
    {
        var text = new StringBuilder("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
        foreach (var (i, (kernel, time)) in events.Index())
            text.Append(i == 0 ? "\n" : ",\n").Append("{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"name\":")
                .Append(JsonSerializer.Serialize(executable.Report.Kernels[kernel].Name))
                .Append(CultureInfo.InvariantCulture, $",\"ts\":{time.StartSeconds * 1e6:0.###},\"dur\":{time.Seconds * 1e6:0.###}}}");
        return text.Append("\n]}\n").ToString();
    }

    /// <summary>The plan as DOT text, kernels coloured from white to red by their share of the time.</summary>
    /// <param name="bindings">Numbers for symbols, which turn formulas into bytes and offsets.</param>
    public string ToDot(IReadOnlyDictionary<string, long>? bindings = null)
    {
        double all = totals.Sum(t => t.Seconds);
        return PlanDrawing.Of(executable.Program, bindings, [.. totals.Select(t => all > 0 ? t.Seconds / all : 0)]).ToString();
    }
}
