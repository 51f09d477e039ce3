namespace Adjoint.Onnx.Importing;

/// <summary>The numbers of a host tensor as one type, whichever it has.</summary>
internal static class Numbers
{
    /// <summary>Elements as integers; fractions are cut off.</summary>
    public static long[] Longs(HostTensor t) => t.DType.Visit(new ToLongs(t));

    /// <summary>Elements as float64.</summary>
    public static double[] Doubles(HostTensor t) => t.DType.Visit(new ToDoubles(t));

    /// <summary>Numbers as a tensor of an element type.</summary>
    public static HostTensor Tensor(DType dtype, double[] values, params ReadOnlySpan<long> shape) =>
        HostTensor.From(dtype.Visit(new FromDoubles(values)), shape);

    private readonly struct ToLongs(HostTensor t) : IDTypeVisitor<long[]>
    {
        public long[] Visit<T>() where T : unmanaged => Array.ConvertAll(t.ToArray<T>(), v => v switch
        {
            float f => (long)f,
            double d => (long)d,
            bool b => b ? 1 : 0,
            IConvertible c => c.ToInt64(null),
            _ => throw new InvalidOperationException($"{typeof(T).Name} is no number."),
        });
    }

    private readonly struct ToDoubles(HostTensor t) : IDTypeVisitor<double[]>
    {
        public double[] Visit<T>() where T : unmanaged => Array.ConvertAll(t.ToArray<T>(), v => ((IConvertible)v).ToDouble(null));
    }

    private readonly struct FromDoubles(double[] values) : IDTypeVisitor<Array>
    {
        public Array Visit<T>() where T : unmanaged =>
            Array.ConvertAll(values, v =>
            typeof(T) == typeof(bool) ? (T)(object)(v != 0) : (T)((IConvertible)v).ToType(typeof(T), null));
    }
}
