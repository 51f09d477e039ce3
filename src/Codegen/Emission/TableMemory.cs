using static Adjoint.Codegen.Memory;

namespace Adjoint.Codegen;

/// <summary>Elements at byte offsets from a table of int64.</summary>
internal static class TableMemory
{
    /// <summary>Whether so many offsets are a stride apart.</summary>
    public static bool IsEven(long table, long count, long stride)
    {
        long last = Load<long>(table);
        for (long i = 1; i < count; i++)
        {
            long next = Load<long>(table + 8 * i);
            if (next - last != stride)
                return false;
            last = next;
        }
        return true;
    }

    /// <summary>
    /// Copies elements of 4 bytes from where a table says to neighbouring places; zeros after them fill up to <paramref name="whole"/>.
    /// </summary>
    public static void Copy4(long target, long source, long table, long count, long whole)
    {
        for (long i = 0; i < count; i++)
            Store(target + 4 * i, Load<int>(source + Load<long>(table + 8 * i)));
        for (long i = count; i < whole; i++)
            Store(target + 4 * i, 0);
    }

    /// <summary>Copies elements of 8 bytes likewise.</summary>
    public static void Copy8(long target, long source, long table, long count, long whole)
    {
        for (long i = 0; i < count; i++)
            Store(target + 8 * i, Load<long>(source + Load<long>(table + 8 * i)));
        for (long i = count; i < whole; i++)
            Store(target + 8 * i, 0L);
    }
}
