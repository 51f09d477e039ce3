using System.Diagnostics;
using System.Globalization;

namespace Adjoint.Benchmarks;

/// <summary>
/// A program beside this one that runs the same workloads with another library, and waits on its input while others have
/// their turn. It first prints <c>peer NAME</c>, a line <c>case SUITE TAB CASE</c> for each that it knows, and <c>ready</c>; then it
/// answers <c>open SUITE TAB CASE</c> by <c>ok</c>, <c>time SECONDS</c> by the least seconds per call, and <c>close</c> by
/// <c>ok</c>, or any of them by <c>error MESSAGE</c>.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;
    private readonly HashSet<(string, string)> cases = [];

    /// <summary>Starts a command of a shell, in the current folder.</summary>
    /// <exception cref="InvalidOperationException">It ended before it was ready.</exception>
    public Peer(string command)
    {
        process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec " + command]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"no process: {command}");
        Name = "";
        for (string line = Read(); line != "ready"; line = Read())
            if (line.StartsWith("peer ", StringComparison.Ordinal))
                Name = line[5..];
            else if (line.StartsWith("case ", StringComparison.Ordinal) && line[5..].Split('\t') is [var suite, var name])
                cases.Add((suite, name));
    }

    /// <summary>Library and version.</summary>
    public string Name { get; }

    /// <summary>Whether it can do that.</summary>
    public bool Knows(string suite, string name) => cases.Contains((suite, name));

    /// <summary>Allocates, compiles and warms up a case.</summary>
    public void Open(string suite, string name) => Ask($"open {suite}\t{name}");

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
        return answer.StartsWith("error ", StringComparison.Ordinal) ? throw new InvalidOperationException($"{Name}, asked to {request}: {answer[6..]}") : answer;
    }

    private string Read() => process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"peer {Name} ended: {process.StartInfo.ArgumentList[1]}");

    /// <inheritdoc/>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit(2000);
        process.Dispose();
    }
}
