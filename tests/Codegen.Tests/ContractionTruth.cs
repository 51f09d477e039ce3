using System.Numerics;

namespace Adjoint.Codegen.Tests;

/// <summary>Products element by element, in the order of summation that kernels promise.</summary>
internal static class ContractionTruth
{
    /// <summary>Blocks of k, each one chain of fused multiply-adds from zero, added in order.</summary>
    public static T Sum<T>(int k, int depth, Func<int, T> a, Func<int, T> b) where T : unmanaged, INumber<T>
    {
        T sum = T.Zero;
        for (int first = 0; first < k; first += depth)
        {
            T chain = T.Zero;
            for (int i = first; i < Math.Min(k, first + depth); i++)
                chain = Fused(a(i), b(i), chain);
            sum = first == 0 ? chain : sum + chain;
        }
        return sum;
    }

    private static T Fused<T>(T a, T b, T c) where T : unmanaged, INumber<T> => (a, b, c) switch
    {
        (float x, float y, float z) => (T)(object)MathF.FusedMultiplyAdd(x, y, z),
        (double x, double y, double z) => (T)(object)Math.FusedMultiplyAdd(x, y, z),
        _ => unchecked(a * b + c),
    };
}
