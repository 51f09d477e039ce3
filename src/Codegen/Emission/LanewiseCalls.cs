using System.Numerics;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>
/// Scalar functions of the lanes whose bit is set, by address; the other lanes stay as they are. Where no bit is set, which
/// is what masks of rare arguments are made for, the cost is a test.
/// </summary>
[SkipLocalsInit]
internal static unsafe class LanewiseCalls
{
    private const MethodImplOptions Called = NoInlining | AggressiveOptimization;

    [MethodImpl(AggressiveInlining)]
    public static TRegister Call1<TRegister, T>(TRegister a, long lanes, long function)
        where TRegister : unmanaged where T : unmanaged, INumber<T> =>
        Call1Or<TRegister, T>(a, a, lanes, function);

    /// <summary>The other lanes are those of <paramref name="otherwise"/>.</summary>
    [MethodImpl(AggressiveInlining)]
    public static TRegister Call1Or<TRegister, T>(TRegister a, TRegister otherwise, long lanes, long function)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        if (lanes == 0) return otherwise;
        // The call works in memory of its own, so that the common result stays in a register.
        TRegister mended = otherwise;
        Mend<TRegister, T>(&mended, a, lanes, function);
        return mended;
    }

    [MethodImpl(AggressiveInlining)]
    public static TRegister Call2<TRegister, T>(TRegister a, TRegister b, long lanes, long function)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        if (lanes == 0) return a;
        TRegister mended = a;
        Mend<TRegister, T>(&mended, a, b, lanes, function);
        return mended;
    }

    [MethodImpl(Called)]
    public static TRegister Call3<TRegister, T>(TRegister a, TRegister b, TRegister c, long lanes, long function)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        var f = (delegate*<double, double, double, double>)function;
        for (int k = 0; k < sizeof(TRegister) / sizeof(T); k++)
            if ((lanes >> k & 1) != 0)
                Lane<TRegister, T>(ref a, k) = T.CreateTruncating(
                    f(Double<TRegister, T>(ref a, k), Double<TRegister, T>(ref b, k), Double<TRegister, T>(ref c, k)));
        return a;
    }

    [MethodImpl(Called)]
    private static void Mend<TRegister, T>(TRegister* result, TRegister a, long lanes, long function)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        var f = (delegate*<double, double>)function;
        for (int k = 0; k < sizeof(TRegister) / sizeof(T); k++)
            if ((lanes >> k & 1) != 0)
                ((T*)result)[k] = T.CreateTruncating(f(Double<TRegister, T>(ref a, k)));
    }

    [MethodImpl(Called)]
    private static void Mend<TRegister, T>(TRegister* result, TRegister a, TRegister b, long lanes, long function)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        var f = (delegate*<double, double, double>)function;
        for (int k = 0; k < sizeof(TRegister) / sizeof(T); k++)
            if ((lanes >> k & 1) != 0)
                ((T*)result)[k] = T.CreateTruncating(f(Double<TRegister, T>(ref a, k), Double<TRegister, T>(ref b, k)));
    }

    private static ref T Lane<TRegister, T>(ref TRegister register, int k) where TRegister : unmanaged where T : unmanaged =>
        ref Lanewise.Lane<TRegister, T>(ref register, k);

    private static double Double<TRegister, T>(ref TRegister register, int k)
        where TRegister : unmanaged where T : unmanaged, INumber<T> => double.CreateTruncating(Lane<TRegister, T>(ref register, k));
}
