using System.Diagnostics;
using System.Globalization;

namespace Adjoint.Benchmarks;

/// <summary>
/// A program beside this one that runs the same workloads with another library, and waits on its input while others have
/// their turn. It first prints <c>ready NAME</c>; then it answers <c>open SUITE TAB CASE</c>, once all is allocated and warm, by
/// <c>ok</c>, or by <c>unknown</c> for what it does not do; <c>time SECONDS</c> by the least seconds per call; <c>close</c> by
/// <c>ok</c>; and any of them by <c>error MESSAGE</c>. Sizes stand in the names of cases and are stated nowhere else.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;

    /// <summary>Starts a command of a shell, in the current folder.</summary>
    /// <exception cref="InvalidOperationException">It ended before it was ready.</exception>
    public Peer(string command)
    {
        process = Process.Start(new ProcessStartInfo("/bin/sh",
            ["-c", "exec " + command]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"no process: {command}");
        string first = Read();
        Name = first.StartsWith("ready ", StringComparison.Ordinal) ? first[6..]
            : throw new InvalidOperationException($"{command} is not ready: {first}");
    }

    /// <summary>Library and version.</summary>
    public string Name { get; } = "";

    /// <summary>Allocates, compiles and warms up a case; false where it has none of that name.</summary>
    public bool Open(string suite, string name) => Ask($"open {suite}\t{name}") != "unknown";

    /// <summary>Lets go of the case.</summary>
    public void Close() => Ask("close");

    /// <summary>Least seconds per call over about <paramref name="seconds"/>.</summary>
    public double Time(double seconds) => double.Parse(
        Ask(string.Create(CultureInfo.InvariantCulture, $"time {seconds}")), CultureInfo.InvariantCulture);

    private string Ask(string request)
    {
        process.StandardInput.WriteLine(request);
        process.StandardInput.Flush();
        string answer = Read();
        return answer.StartsWith("error ", StringComparison.Ordinal)
            ? throw new InvalidOperationException($"{Name}, asked to {request}: {answer[6..]}") : answer;
    }

    private string Read() => process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException($"peer {Name} ended: {process.StartInfo.ArgumentList[1]}");

    /// <inheritdoc/>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit(2000);
        process.Dispose();
    }
}
