using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Adjoint.Codegen.Tests;

/// <summary>Listens to what the JIT compiles: the size and the tier of each method by name.</summary>
internal sealed class EmissionJitLog : EventListener
{
    /// <summary>The tier of code that the JIT did not optimise.</summary>
    public const int MinOpts = 1;

    private const EventKeywords Jit = (EventKeywords)0x10;

    private readonly ConcurrentDictionary<string, (uint Flags, uint Size)> methods = new();
    private readonly ConcurrentQueue<(string Name, int Tier, int Bytes)> compiled = new();

    public bool TryFind(string name, out int tier, out int bytes)
    {
        bool found = SpinWait.SpinUntil(() => methods.ContainsKey(name), TimeSpan.FromSeconds(10));
        var (flags, size) = found ? methods[name] : default;
        (tier, bytes) = ((int)(flags >> 7) & 7, (int)size);
        return found;
    }

    /// <summary>Every method of a name.</summary>
    public List<(string Name, int Tier, int Bytes)> All(string name) => [.. compiled.Where(m => m.Name == name)];

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime") EnableEvents(eventSource, EventLevel.Verbose, Jit);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("MethodLoadVerbose", StringComparison.Ordinal) is not true) return;
        object Field(string name) => eventData.Payload![eventData.PayloadNames!.IndexOf(name)]!;
        var (name, flags, size) = ((string)Field("MethodName"), (uint)Field("MethodFlags"), (uint)Field("MethodSize"));
        // Whoever finds a method asks for all of its name, from another thread: it stands there first.
        compiled.Enqueue((name, (int)(flags >> 7) & 7, (int)size));
        methods[name] = (flags, size);
    }
}
