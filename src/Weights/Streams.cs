namespace Adjoint.Files;

/// <summary>Reading bytes whose number a file claims: memory grows with what is there, not with the claim.</summary>
internal static class Streams
{
    private const int Portion = 1 << 20;

    /// <summary>Exactly so many bytes.</summary>
    /// <exception cref="WeightsException">The stream ends before.</exception>
    public static byte[] ReadExactly(Stream stream, long count, string what)
    {
        byte[] bytes = new byte[(int)Math.Min(count, Portion)];
        for (int have = 0; ;)
        {
            int got = stream.ReadAtLeast(bytes.AsSpan(have), bytes.Length - have, throwOnEndOfStream: false);
            have += got;
            if (have < bytes.Length)
                throw new WeightsException($"{what}: {count} bytes are announced, the file ends after {have}.");
            if (have == count)
                return bytes;
            Array.Resize(ref bytes, (int)Math.Min(count, 2L * have));
        }
    }
}
