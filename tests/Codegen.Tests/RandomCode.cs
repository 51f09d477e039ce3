using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Straight-line code of float64 whose old values come back late: more of them wait than there are registers.</summary>
internal static class RandomCode
{
    private const int Slots = 4, Instructions = 300, Roots = 40, Elements = 9;

    /// <summary>Appends code to a body and gives what is asked of it, some of it more than once.</summary>
    public static Value[] Of(Body body, int seed)
    {
        var random = new Random(seed);
        List<Value> values = [.. Enumerable.Range(0, Slots).Select(s => body.Load(DType.Float64, s)), body.Constant(DType.Float64, 0.75)];
        Value Some() => values[random.Next(3) == 0 ? random.Next(values.Count) : random.Next(Math.Max(0, values.Count - 4), values.Count)];
        for (int i = 0; i < Instructions; i++)
            values.Add(random.Next(5) switch
            {
                0 => body.Subtract(Some(), Some()),
                1 => body.Sqrt(body.Abs(Some())),
                2 => body.Select(body.Less(Some(), Some()), Some(), Some()),
                3 => body.Divide(Some(), body.Add(body.Abs(Some()), body.Like(values[0], 1))),
                _ => body.MultiplyAdd(Some(), body.Like(values[0], 0.5), Some()),
            });
        return [values[^1], .. Enumerable.Range(0, Roots).Select(_ => Some()), values[0], values[0]];
    }

    /// <summary>Demands that code in another order computes the same.</summary>
    public static void AssertSameBits(Body body, Value[] roots, OrderedCode ordered, int seed)
    {
        var random = new Random(seed);
        Array[] slots = [.. Enumerable.Range(0, Slots).Select(_ => Enumerable.Range(0, Elements).Select(_ => random.NextDouble() - 0.5).ToArray())];
        foreach (var (before, after) in roots.Zip(ordered.Roots))
            Assert.Equal(VectorMathInterpreter.Run<double>(body, before, Elements, slots).Select(BitConverter.DoubleToInt64Bits),
                VectorMathInterpreter.Run<double>(ordered.Body, after, Elements, slots).Select(BitConverter.DoubleToInt64Bits));
    }
}
