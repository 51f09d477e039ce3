using System.Numerics;

namespace Adjoint.Codegen.Tests;

/// <summary>Products element by element, in the order of summation that kernels promise.</summary>
internal static class ContractionTruth
{
    /// <summary>
    /// Blocks of k, each one chain of fused multiply-adds from zero, added in order: eight to a stretch, and then stretches.
    /// </summary>
    public static T Sum<T>(int k, int depth, Func<int, T> a, Func<int, T> b) where T : unmanaged, INumber<T>
    {
        T Chain(int first)
        {
            T chain = T.Zero;
            for (int i = first; i < Math.Min(k, first + depth); i++)
                chain = Fused(a(i), b(i), chain);
            return chain;
        }
        T Sum(int first, int end, int step, Func<int, T> part)
        {
            T sum = first < end ? part(first) : T.Zero;
            for (int i = first + step; i < end; i += step)
                sum += part(i);
            return sum;
        }
        int stretch = 8 * depth;
        return Sum(0, k, stretch, first => Sum(first, Math.Min(k, first + stretch), depth, Chain));
    }

    private static T Fused<T>(T a, T b, T c) where T : unmanaged, INumber<T> => (a, b, c) switch
    {
        (float x, float y, float z) => (T)(object)MathF.FusedMultiplyAdd(x, y, z),
        (double x, double y, double z) => (T)(object)Math.FusedMultiplyAdd(x, y, z),
        _ => unchecked(a * b + c),
    };
}
