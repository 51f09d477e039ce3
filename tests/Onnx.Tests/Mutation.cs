namespace Adjoint.Onnx.Tests;

/// <summary>Damage to a file: bits, bytes, numbers made huge, pieces cut, doubled or taken from another file.</summary>
internal static class Mutation
{
    public static byte[] Of(byte[] file, byte[] other, Random random)
    {
        var bytes = file.ToList();
        for (int n = random.Next(1, 6); n > 0 && bytes.Count > 0; n--)
            Apply(bytes, other, random, random.Next(bytes.Count));
        return [.. bytes];
    }

    private static void Apply(List<byte> bytes, byte[] other, Random random, int at)
    {
        int length = random.Next(1, Math.Min(bytes.Count - at, 40) + 1);
        switch (random.Next(8))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes.RemoveRange(at, bytes.Count - at); break;
            case 3: bytes.RemoveRange(at, length); break;
            case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            case 5: bytes.InsertRange(at, Enumerable.Repeat((byte)0xFF, random.Next(1, 10))); break;
            case 6: bytes[at] = (byte)(bytes[at] + random.Next(-2, 3)); break;
            default: bytes.InsertRange(at, other.Skip(random.Next(other.Length)).Take(length)); break;
        }
    }
}
