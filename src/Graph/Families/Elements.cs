namespace Adjoint;

/// <summary>Element access for reference semantics: any dtype as double, as long, or as itself by position.</summary>
internal static class Elements
{
    public readonly struct Doubles(HostTensor t) : IDTypeVisitor<Func<int, double>>
    {
        public Func<int, double> Visit<T>() where T : unmanaged { var source = t; return i => Bits.ToDouble(source.Span<T>()[i]); }
    }

    public readonly struct Longs(HostTensor t) : IDTypeVisitor<Func<int, long>>
    {
        public Func<int, long> Visit<T>() where T : unmanaged { var source = t; return i => Bits.ToInt64(source.Span<T>()[i]); }
    }

    public readonly struct FromDoubles(HostTensor t) : IDTypeVisitor<Action<int, double>>
    {
        public Action<int, double> Visit<T>() where T : unmanaged { var target = t; return (i, v) => target.Span<T>()[i] = Bits.FromDouble<T>(v); }
    }

    public readonly struct FromLongs(HostTensor t) : IDTypeVisitor<Action<int, long>>
    {
        public Action<int, long> Visit<T>() where T : unmanaged { var target = t; return (i, v) => target.Span<T>()[i] = Bits.FromInt64<T>(v); }
    }

    /// <summary>Copies element <c>from(i)</c> of the source to position i of the target; a negative position leaves it alone.</summary>
    public readonly struct Copy(HostTensor source, HostTensor target, Func<int, long> from) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            var s = source.Span<T>();
            var t = target.Span<T>();
            for (int i = 0; i < t.Length; i++)
                if (from(i) is >= 0 and var at)
                    t[i] = s[(int)at];
            return true;
        }
    }

    /// <summary>Copies element i of the source to position <c>to(i)</c> of the target.</summary>
    public readonly struct Place(HostTensor source, HostTensor target, Func<int, long> to) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            var s = source.Span<T>();
            var t = target.Span<T>();
            for (int i = 0; i < s.Length; i++)
                t[(int)to(i)] = s[i];
            return true;
        }
    }

    /// <summary>The coordinates of a flat row-major position.</summary>
    public static long[] Coordinates(long position, ReadOnlySpan<long> shape)
    {
        var at = new long[shape.Length];
        for (int a = shape.Length - 1; a >= 0; a--)
            (position, at[a]) = Math.DivRem(position, Math.Max(1, shape[a]));
        return at;
    }

    /// <summary>The flat row-major position of coordinates.</summary>
    public static long Position(ReadOnlySpan<long> at, ReadOnlySpan<long> shape)
    {
        long position = 0;
        for (int a = 0; a < shape.Length; a++)
            position = position * shape[a] + at[a];
        return position;
    }
}
