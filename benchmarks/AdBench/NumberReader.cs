using System.Buffers.Text;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>Numbers of a text file one after the other, whatever white space or colons stand between them.</summary>
internal sealed class NumberReader(string path)
{
    private readonly byte[] text = File.ReadAllBytes(path);
    private int at;

    /// <summary>Whether another word follows.</summary>
    public bool HasMore
    {
        get
        {
            while (at < text.Length && IsSeparator(text[at]))
                at++;
            return at < text.Length;
        }
    }

    /// <summary>The next number.</summary>
    /// <exception cref="FormatException">The file ends, or what follows is no number.</exception>
    public double Double() => HasMore && Utf8Parser.TryParse(text.AsSpan(at), out double value, out int length)
        ? Advance(value, length) : throw Expected("a number");

    /// <summary>The next number, a whole one.</summary>
    /// <exception cref="FormatException">The file ends, or what follows is no whole number.</exception>
    public int Int32() => HasMore && Utf8Parser.TryParse(text.AsSpan(at), out int value, out int length)
        ? Advance(value, length) : throw Expected("a whole number");

    /// <summary>The next numbers.</summary>
    public double[] Doubles(int count)
    {
        var values = new double[count];
        foreach (ref double value in values.AsSpan())
            value = Double();
        return values;
    }

    /// <summary>Passes over a word.</summary>
    public string Word()
    {
        if (!HasMore)
            throw Expected("a word");
        int start = at;
        while (at < text.Length && !IsSeparator(text[at]))
            at++;
        return System.Text.Encoding.UTF8.GetString(text, start, at - start);
    }

    private T Advance<T>(T value, int length)
    {
        at += length;
        return value;
    }

    private FormatException Expected(string what) => new($"{path}: {what} should stand at byte {at} of {text.Length}.");

    private static bool IsSeparator(byte c) => c is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)':';
}
