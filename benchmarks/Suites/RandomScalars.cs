using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Graphs of sums, differences and products of numbers, at random but always the same.</summary>
internal static class RandomScalars
{
    /// <summary>
    /// Ops on two of the last values, as many back as the reach.
    /// What nothing uses is a result, so that every op is needed.
    /// </summary>
    /// <param name="reach">How many values back an operand may lie.</param>
    /// <param name="ops">How many ops.</param>
    public static Computation Of(int reach, int ops)
    {
        var random = new Random(1);
        Node x = Input("x", DType.Float64, [16]);
        List<Node> values = [.. Enumerable.Range(0, 16).Select(i => Reshape(Slice(x, 0, i, i + 1), []))];
        var unused = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < ops; i++)
        {
            Node Any()
            {
                var value = values[^random.Next(1, Math.Min(reach, values.Count) + 1)];
                unused.Remove(value);
                return value;
            }
            // 0.4 keeps magnitudes from running away.
            values.Add(random.Next(3) switch { 0 => Any() + Any(), 1 => Any() - Any(), _ => Any() * 0.4 });
            unused.Add(values[^1]);
        }
        return new Computation([x], [Stack([.. values.Where(unused.Contains)])], name: $"random{ops}");
    }
}
