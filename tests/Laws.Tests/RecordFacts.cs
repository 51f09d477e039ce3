using Adjoint.Testing;

namespace Adjoint.Laws;

/// <summary>Columns put side by side: one kernel, which exchanges them in registers and writes no byte beside them.</summary>
public class RecordFacts
{
    private static readonly int[] Lengths = [1, 2, 3, 7, 8, 9, 15, 16, 17, 33, 100];

    public delegate void Columns(ReadOnlySpan<double> x, Span<double> y);

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (string type in (string[])["float32", "float64", "int32", "bool", "uint8"])
            foreach (int columns in (int[])[1, 2, 3, 4, 5, 7, 9, 15, 30])
                cases.Add(type, columns);
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Columns_of_cheap_maps_are_the_reference(string name, int columns)
    {
        var type = DType.All.Single(t => t.Name == name);
        Node x = Input("x", type, ["n"]);
        Check(Running.Of([x], Stack([.. Enumerable.Range(0, columns)
            .Select(i => type == DType.Bool ? i % 2 == 0 ? x : Not(x) : i % 3 == 0 ? x : Maximum(x, OnesLike(x)) + x)], 1)), type);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Between_other_columns_that_nothing_brings_together(string name, int columns)
    {
        var type = DType.All.Single(t => t.Name == name);
        Node x = Input("x", type, ["n"]), other = Input("other", type, ["n"]);
        var f = Running.Of([x, other],
            Stack([.. Enumerable.Range(0, columns)
                .Select(i => (i % 4) switch { 0 => x, 1 => ZerosLike(x), 2 => other, _ => OnesLike(x) })], 1));
        Assert.Single(f.Compile(options: Running.At(VectorWidths.Best)).Report.Fused.Groups);
        Check(f, type);
    }

    // Too many instructions for two copies: the same code serves full and partial registers.
    [Fact]
    public void Columns_of_costly_maps_have_the_same_bits_in_every_width()
    {
        Node records = Input("records", DType.Float64, ["n", 5]);
        Node[] x = [.. Enumerable.Range(0, 5).Select(i => Reshape(Slice(records, 1, i, i + 1), [records.Shape[0]]))];
        var f = Running.Of([records], Stack([.. x.SelectMany(a => (Node[])[Sin(a), Exp(a) * x[0], Log1p(Abs(a)) / x[1]])], 1));
        Assert.Single(f.Compile(options: Running.At(VectorWidths.Best)).Report.Fused.Groups);
        foreach (int n in Lengths)
        {
            var data = WithNaN(Running.Random(new(n), DType.Float64, [n, 5]));
            var expected = Running.Run(f, [data], Running.At(VectorWidth.Scalar))[0];
            foreach (var width in Running.Widths)
                Running.AssertSameBits(expected, Running.Run(f, [data], Running.At(width))[0], $"{n} {width}");
        }
    }

    [Fact]
    public void Nothing_beside_the_records_is_touched()
    {
        Node x = Input("x", DType.Float64, ["n"]);
        var f = Running.Of([x], Stack([x, Sin(x), Exp(x), x * x, Cos(x), Log1p(Abs(x)), -x], 1));
        foreach (var width in Running.Widths)
        {
            var columns = f.Compile<Columns>(options: Running.At(width));
            foreach (int n in Lengths)
            {
                using GuardedMemory from = GuardedMemory.EndingAtGuard(8 * n), to = GuardedMemory.EndingAtGuard(8 * 7 * n);
                columns(from.AsSpan<double>(), to.AsSpan<double>());
                using GuardedMemory first = GuardedMemory.StartingAtGuard(8 * n), second = GuardedMemory.StartingAtGuard(8 * 7 * n);
                columns(first.AsSpan<double>(), second.AsSpan<double>());
                Assert.Equal(to.AsSpan<double>().ToArray(), second.AsSpan<double>().ToArray());
            }
        }
    }

    private static void Check(Computation f, DType type)
    {
        foreach (int n in Lengths)
        {
            HostTensor[] data = [.. f.Inputs.Select((_, i) => WithNaN(Running.Random(new(n + i), type, [n])))];
            var expected = Running.Truth(f, data)[0];
            foreach (var width in Running.Widths)
                Running.AssertSameBits(expected, Running.Run(f, data, Running.At(width))[0], $"{type} {n} {width}");
        }
    }

    private static HostTensor WithNaN(HostTensor x)
    {
        if (x.DType == DType.Float64)
            x.Span<double>()[x.Length / 2] = double.NaN;
        else if (x.DType == DType.Float32)
            x.Span<float>()[x.Length / 2] = float.NaN;
        return x;
    }
}
