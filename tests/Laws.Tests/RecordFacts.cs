using System.Runtime.InteropServices;
using Adjoint.Testing;

namespace Adjoint.Laws;

/// <summary>Columns put side by side: one kernel, which exchanges them in registers and writes no byte beside them.</summary>
public class RecordFacts
{
    private static readonly int[] Lengths = [1, 2, 3, 7, 8, 9, 15, 16, 17, 33, 100];

    public delegate void Columns(ReadOnlySpan<double> x, Span<double> y);

    public delegate void ColumnsOf<T>(ReadOnlySpan<T> x, Span<T> y);

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

    public static TheoryData<string, int, bool> LargeCases() => new()
    {
        { "float64", 7, false }, { "float64", 7, true }, { "float64", 6, false }, { "float64", 31, false },
        { "float32", 5, false }, { "float32", 5, true }, { "float32", 8, false }, { "int64", 3, false },
    };

    /// <summary>So many that they go past the caches, from every place beside a cache line on, by one thread and by several.</summary>
    [Theory, MemberData(nameof(LargeCases))]
    public void Large_ones_are_what_small_ones_are(string name, int columns, bool waits)
    {
        if (name == "float64")
            CheckLarge<double>(DType.Float64, columns, waits);
        else if (name == "float32")
            CheckLarge<float>(DType.Float32, columns, waits);
        else
            CheckLarge<long>(DType.Int64, columns, waits);
    }

    private static void CheckLarge<T>(DType type, int columns, bool waits) where T : unmanaged
    {
        Node x = Input("x", type, ["n"]), real = Convert(x, type == DType.Int64 ? DType.Float64 : type);
        Node[] values = [Sin(real), Exp(real), Log1p(Abs(real)) * 3, Cos(real) / (real * real + 1), real];
        if (waits)
            values = [.. values.Select(v => Exp(-Abs(Sin(Exp(Sin(v))))))];
        var f = Running.Of([x], Stack([.. Enumerable.Range(0, columns)
            .Select(c => Convert(values[c % values.Length] * (c + 1), type))], 1));
        Assert.NotEmpty(Assert.Single(f.Compile().Program.Steps).Plan.Nest!.Streamed);
        int least = (int)(Streamed.Least / (columns * type.Size)) + 1;
        foreach (var width in Running.Widths)
            foreach (int threads in (int[])[1, 3])
            {
                var run = f.Compile<ColumnsOf<T>>(options: Running.At(width, threads));
                foreach (int more in (int[])(width == VectorWidths.Best ? [0, 1, 2, 5, 8, 11] : [5]))
                {
                    int n = least + more, half = n / 2;
                    using GuardedMemory from = GuardedMemory.EndingAtGuard(type.Size * n),
                        large = GuardedMemory.EndingAtGuard(Memory.LineBytes + (columns * type.Size * n)),
                        small = GuardedMemory.StartingAtGuard(columns * type.Size * n);
                    Span<T> input = from.AsSpan<T>(), results = large.AsSpan<T>()[(Memory.LineBytes / type.Size)..],
                        expected = small.AsSpan<T>();
                    var before = large.AsSpan<byte>()[..Memory.LineBytes];
                    before.Fill(0x5A);
                    Running.Random(new(n), type, [n]).Span<T>().CopyTo(input);
                    run(input, results);
                    run(input[..half], expected[..(half * columns)]);
                    run(input[half..], expected[(half * columns)..]);
                    Assert.True(MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(results)), $"{n} {width} {threads}");
                    Assert.Equal(-1, before.IndexOfAnyExcept((byte)0x5A));
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
