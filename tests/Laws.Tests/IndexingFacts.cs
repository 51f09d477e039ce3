namespace Adjoint.Laws;

/// <summary>
/// Scatters and gathers in compiled code: the same bits for every width
/// and number of threads, and an error for every position outside.
/// </summary>
public class IndexingFacts
{
    private const int Rows = 40, Columns = 131, Updates = 97;

    public static TheoryData<string> Scatters() => [.. Forms.Keys];

    private static readonly Dictionary<string, (long[] Indices, long[] Updates, Func<Node, Node, Node, ScatterMode, Node> Build)> Forms = new()
    {
        ["slices"] = ([Updates], [Updates, Columns], (x, i, u, m) => Scatter(x, i, u, 0, m)),
        ["columns"] = ([Updates], [Rows, Updates], (x, i, u, m) => Scatter(x, i, u, 1, m)),
        ["elements"] = ([Updates, Columns], [Updates, Columns], (x, i, u, m) => ScatterElements(x, i, u, 0, m)),
        ["elements of rows"] = ([Rows, Updates], [Rows, Updates], (x, i, u, m) => ScatterElements(x, i, u, 1, m)),
        ["tuples"] = ([Updates, 2], [Updates], (x, i, u, m) => ScatterND(x, i, u, m)),
    };

    [Theory, MemberData(nameof(Scatters))]
    public void Bits_do_not_depend_on_widths_and_threads(string form)
    {
        foreach (var mode in Enum.GetValues<ScatterMode>())
            foreach (var dtype in (DType[])[DType.Float32, DType.Int64])
                Check(form, mode, dtype);
    }

    private static void Check(string form, ScatterMode mode, DType dtype)
    {
        var (indices, updates, build) = Forms[form];
        Node x = Input("x", dtype, [Rows, Columns]), i = Input("i", DType.Int32, Shape.Of(indices.Select(Dim.Of))),
            u = Input("u", dtype, Shape.Of(updates.Select(Dim.Of)));
        var f = Running.Of([x, i, u], build(x, i, u, mode));
        HostTensor[] data = [Running.Random(new(1), dtype, [Rows, Columns]),
            Running.Random(new(2), DType.Int32, indices, below: Rows), Running.Random(new(3), dtype, updates)];
        var expected = Running.Run(f, data, Running.At(VectorWidth.Scalar))[0];
        Running.AssertClose(Running.Truth(f, data)[0], expected, 1e-5, $"{form} {mode} {dtype}");
        foreach (var width in Running.Widths)
            foreach (int threads in (int[])[1, 4])
                Running.AssertSameBits(expected, Running.Run(f, data, Running.At(width, threads))[0],
                    $"{form} {mode} {dtype} {width}, {threads} threads");
    }

    public static TheoryData<string> Reads() => [.. Outside.Keys];

    private static readonly Dictionary<string, Func<Node, Node, Node>> Outside = new()
    {
        ["gather-elements"] = (x, at) => GatherElements(x, BroadcastTo(ExpandDims(at, 1), [2, 3]), 0),
        ["gather-nd"] = (x, at) => GatherND(x, at),
        ["scatter-elements"] = (x, at) => ScatterElements(x, BroadcastTo(ExpandDims(at, 1), [2, 4]), Slice(x, 0, 0, 2)),
        ["scatter-nd"] = (x, at) => ScatterND(x, at, Sum(x), ScatterMode.Add),
        ["scatter"] = (x, at) => Scatter(x, at, Slice(x, 0, 0, 2), 0, ScatterMode.Max),
        ["dynamic-slice"] = (x, at) => DynamicSlice(x, at, [1, 2]),
        ["dynamic-update-slice"] = (x, at) => DynamicUpdateSlice(x, Slice(x, [0, 0], [1, 2]), at),
    };

    [Theory, MemberData(nameof(Reads))]
    public void A_position_outside_is_an_error_that_names_the_line(string op)
    {
        Node x = Input("x", DType.Float32, [4, 4]), at = Input("at", DType.Int64, [2]);
        var compiled = Running.Of([x, at], Outside[op](x, at)).Compile();
        compiled.Run(new float[4, 4], new long[] { 1, 2 });
        foreach (long bad in (long[])[-1, 4, long.MaxValue, long.MinValue])
            foreach (long[] position in (long[][])[[bad, 0], [0, bad]])
            {
                string message = Assert.Throws<ComputationException>(() => compiled.Run(new float[4, 4], position)).Message;
                Assert.Contains($"{op} at IndexingFacts.cs", message, StringComparison.Ordinal);
                Assert.Contains("out of range", message, StringComparison.Ordinal);
            }
    }

    /// <summary>Positions are computed where they are used: reversing sequences stores no tensor of them.</summary>
    [Fact]
    public void Positions_that_are_computed_need_no_memory()
    {
        Node x = Input("x", DType.Float32, [50, 8]), lengths = Input("lengths", DType.Int32, [8]);
        var report = Running.Of([x, lengths], Tanh(ReverseSequence(x, lengths))).Compile().Report;
        Assert.All(report.Fused.Groups.SelectMany(g => g.Outputs),
            o => Assert.True(o.Buffer.DType.IsFloat || o.Buffer.Rank == 1, o.Buffer.ToString()));
    }
}
