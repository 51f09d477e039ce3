using System.ComponentModel;
using System.Diagnostics;

namespace Adjoint.GraphvizDump;

/// <summary>The installed Graphviz.</summary>
/// <param name="command">The program that lays out graphs.</param>
internal sealed class Graphviz(string command = "dot")
{
    /// <summary>Draws DOT text.</summary>
    /// <param name="dot">The text.</param>
    /// <param name="format">What Graphviz calls the format.</param>
    /// <exception cref="Failure">Graphviz is not installed or refuses the text.</exception>
    public async Task<byte[]> Render(string dot, string format)
    {
        using var process = Start(format);
        using var picture = new MemoryStream();
        var output = process.StandardOutput.BaseStream.CopyToAsync(picture);
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(dot);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it stopped reading: its exit code and errors say why
        }
        await Task.WhenAll(output, errors, process.WaitForExitAsync());
        return process.ExitCode == 0 ? picture.ToArray()
            : throw new Failure($"Graphviz failed with exit code {process.ExitCode}: {(await errors).Trim()}");
    }

    private Process Start(string format)
    {
        var start = new ProcessStartInfo(command, [$"-T{format}"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
                StandardInputEncoding = new System.Text.UTF8Encoding(false),
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new Failure($"{format} is drawn by Graphviz, whose program '{command}' is not on the path. Install it " +
                "(apt install graphviz, brew install graphviz, winget install graphviz), or write --format dot.");
        }
    }
}
