using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Benchmarks;

/// <summary>What a careful author would write with <see cref="Vector512"/> and pointers, with the compiler's own approximations.</summary>
internal static unsafe class HandWritten
{
    /// <summary>c = 2a + b.</summary>
    public static void Triad(float[] a, float[] b, float[] c)
    {
        fixed (float* x = a, y = b, z = c)
            for (int i = 0; i + 16 <= a.Length; i += 16)
                Vector512.Store(Vector512.Load(x + i) + Vector512.Load(x + i) + Vector512.Load(y + i), z + i);
    }

    /// <summary>c = 2a + b with stores past the caches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void StreamingTriad(float[] a, float[] b, float[] c)
    {
        fixed (float* x = a, y = b, z = c)
        {
            int i = (int)(-((nint)z >> 2) & 15);   // the first aligned element
            for (; i + 16 <= a.Length; i += 16)
                Vector512.StoreAlignedNonTemporal(Vector512.Load(x + i) + Vector512.Load(x + i) + Vector512.Load(y + i), z + i);
        }
    }

    /// <summary>Reads all arrays but the last and writes that: what their bytes cost in order.</summary>
    public static void Traffic(float[][] arrays)
    {
        for (int k = 0; k + 1 < arrays.Length; k++)
            Sum(arrays[k]);
        arrays[^1].AsSpan().Fill(1);
    }

    /// <summary>y = tanh(a b + c) a, two vectors a trip.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void TanhChain(float[] a, float[] b, float[] c, float[] y)
    {
        fixed (float* pa = a, pb = b, pc = c, py = y)
        {
            int i = 0;
            for (; i + 32 <= a.Length; i += 32)
            {
                Vector512<float> a0 = Vector512.Load(pa + i), a1 = Vector512.Load(pa + i + 16);
                var t0 = Tanh(a0 * Vector512.Load(pb + i) + Vector512.Load(pc + i));
                var t1 = Tanh(a1 * Vector512.Load(pb + i + 16) + Vector512.Load(pc + i + 16));
                Vector512.Store(t0 * a0, py + i);
                Vector512.Store(t1 * a1, py + i + 16);
            }
            for (; i < a.Length; i++)
                py[i] = MathF.Tanh(pa[i] * pb[i] + pc[i]) * pa[i];
        }
    }

    /// <summary>Softmax over rows: largest, exponentials and their sum, quotients; the row stays in the first cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Softmax(float[] x, float[] y, int rows, int columns)
    {
        fixed (float* px = x, py = y)
            for (int r = 0; r < rows; r++)
            {
                float* row = px + (long)r * columns, result = py + (long)r * columns;
                Vector512<float> m0 = Vector512.Create(float.NegativeInfinity), m1 = m0;
                for (int i = 0; i < columns; i += 32)
                {
                    m0 = Vector512.Max(m0, Vector512.Load(row + i));
                    m1 = Vector512.Max(m1, Vector512.Load(row + i + 16));
                }
                m0 = Vector512.Max(m0, m1);
                float largest = m0[0];
                for (int lane = 1; lane < 16; lane++)
                    largest = MathF.Max(largest, m0[lane]);
                Vector512<float> m = Vector512.Create(largest), s0 = Vector512<float>.Zero, s1 = s0;
                for (int i = 0; i < columns; i += 32)
                {
                    Vector512<float> e0 = Exp(Vector512.Load(row + i) - m), e1 = Exp(Vector512.Load(row + i + 16) - m);
                    Vector512.Store(e0, result + i);
                    Vector512.Store(e1, result + i + 16);
                    s0 += e0;
                    s1 += e1;
                }
                var sum = Vector512.Create(Vector512.Sum(s0 + s1));
                for (int i = 0; i < columns; i += 16)
                    Vector512.Store(Vector512.Load(result + i) / sum, result + i);
            }
    }

    /// <summary>Sum, four accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static float Sum(float[] x)
    {
        fixed (float* p = x)
        {
            Vector512<float> a = default, b = a, c = a, d = a;
            int i = 0;
            for (; i + 64 <= x.Length; i += 64)
            {
                a += Vector512.Load(p + i);
                b += Vector512.Load(p + i + 16);
                c += Vector512.Load(p + i + 32);
                d += Vector512.Load(p + i + 48);
            }
            float sum = Vector512.Sum(a + b + (c + d));
            for (; i < x.Length; i++)
                sum += p[i];
            return sum;
        }
    }

    private const float Ln2High = 0.693145751953125f, Ln2Low = 1.428606765330187e-06f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> R, Vector512<int> K) Reduce(Vector512<float> x, float bias)
    {
        var shift = Vector512.Create(12582912f + bias);
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.44269504f), shift);
        var k = shifted - shift;
        var r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-Ln2Low), Vector512.FusedMultiplyAdd(k, Vector512.Create(-Ln2High), x));
        return (r, shifted.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quotient(Vector512<float> r)
    {
        var q = Vector512.FusedMultiplyAdd(Vector512.Create(0.001393792568705976f), r, Vector512.Create(0.008366554975509644f));
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.041666433215141296f));
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.1666654348373413f));
        return Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.5f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> biased) => Vector512.ShiftLeft(biased, 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exp(Vector512<float> x)
    {
        var (r, k) = Reduce(Vector512.Min(Vector512.Max(x, Vector512.Create(-104f)), Vector512.Create(89f)), 254);
        var y = Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(Quotient(r), r, Vector512<float>.One), r, Vector512<float>.One);
        var half = Vector512.ShiftRightLogical(k, 1);
        return y * PowerOfTwo(half) * PowerOfTwo(k - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Tanh(Vector512<float> x)
    {
        var (r, k) = Reduce(Vector512.Min(Vector512.Abs(x), Vector512.Create(10f)) * -2f, 127);
        var s = PowerOfTwo(k);
        var growth = s * Vector512.FusedMultiplyAdd(r * r, Quotient(r), r);
        var one = Vector512<float>.One;
        var y = (one - s - growth) / (one + s + growth);
        return Vector512.ConditionalSelect(Vector512.Create(-0f), x, y);
    }
}
