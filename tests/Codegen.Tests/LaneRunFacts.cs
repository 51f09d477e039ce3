using System.Numerics;
using Adjoint.Kernels;
using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>
/// Gathers whose lanes lie side by side are loads: of rows between guard pages, for every width, the numbers of the reference. Elements are
/// eighths, so that sums are exact in any order.
/// </summary>
public class LaneRunFacts
{
    private const int Rows = 11, Reads = 5, Terms = 3;

    private static readonly Dictionary<string, Func<Node, Node, Node, Node[]>> Functions = new()
    {
        ["rows"] = (x, at, w) => [2 * Gather(x, Slice(at, 1, 0, 1))],
        ["rows of rows"] = (x, at, w) => [Gather(x, at) + 1, Gather(x, at) > 0],
        ["weighted sums of rows"] = (x, at, w) => [Sum(ExpandDims(w, 2) * Gather(x, at), [1])],
        ["sums along rows"] = (x, at, w) => [Sum(Gather(x, at), [2])],
        ["largest of rows, and what they are less by"] = (x, at, w) =>
            [Max(Gather(x, at), [1]), Max(Gather(x, at), [1], keepDims: true) - Gather(x, at)],
        ["behind an axis"] = (x, at, w) => [Gather(Reshape(Concat([x, -x], 0), [2, Rows, x.Shape[1]]), at, 1)],
        ["one element for all lanes"] = (x, at, w) =>
            [Gather(Reshape(Slice(x, 1, 0, 1), [Rows]), Slice(at, 1, 0, 1)) * Gather(x, Reshape(Slice(at, 1, 1, 2), [Reads]))],
        ["positions that are computed"] = (x, at, w) => [Gather(x, Remainder(at * 3 + 1, Convert(Constant(Rows), at.DType)))],
        ["columns: no lanes side by side"] = (x, at, w) => [Gather(x, Minimum(at, Extent(x.Shape[1] - 1, at.DType)), 1)],
        ["positions by column"] = (x, at, w) => [GatherElements(Gather(x, at), BroadcastTo(Constant(0), [Reads, 1, 1]), 1)],
        ["records of two columns, apart in every lane"] = (x, at, w) => [Stack([.. new Dim[] { 0, x.Shape[1] - 1 }
            .Select(c => Gather(Reshape(Slice(x, 1, c, c + 1), [Rows]), at) * w)], 2)],
        ["part of a row"] = (x, at, w) => [Slice(Gather(x, at), 2, 1)],
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Float64_by_int32(string name) => Check<double, int>(name);

    [Theory, MemberData(nameof(Names))]
    public void Float32_by_int64(string name) => Check<float, long>(name);

    [Theory, MemberData(nameof(Names))]
    public void Float32_by_int32(string name) => Check<float, int>(name);

    [Theory, MemberData(nameof(Names))]
    public void Int8_by_int32(string name) => Check<sbyte, int>(name);

    private static void Check<T, TIndex>(string name) where T : unmanaged, INumber<T> where TIndex : unmanaged, INumber<TIndex>
    {
        foreach (int columns in (int[])[1, 3, 8, 17, 78, 131])
            foreach (bool isStatic in (bool[])[true, false])
            {
                if (columns < 2 && name == "part of a row")
                    continue;
                var (x, at, w) = (Input("x", DType.From<T>(), [Rows, isStatic ? columns : "n"]),
                    Input("at", DType.From<TIndex>(), [Reads, Terms]), Input("w", DType.From<T>(), [Reads, Terms]));
                var f = new Computation([x, at, w], [.. Functions[name](x, at, w).Select(o => (Output)o)]);
                var optimised = Pipeline.Default.Run(f, new()).Optimised;
                foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
                    foreach (int pieces in (int[])[1, 3])
                        Check<T, TIndex>(f, optimised, columns, width, pieces, $"{name} {columns} {width}");
            }
    }

    private static void Check<T, TIndex>(Computation f, Computation optimised, int columns, VectorWidth width, int pieces, string what)
        where T : unmanaged, INumber<T> where TIndex : unmanaged, INumber<TIndex>
    {
        using var run = new ContractionRun(optimised, new() { ["n"] = columns }, atEnd: pieces > 1) { Width = width, Pieces = pieces };
        var eighth = typeof(T) == typeof(sbyte) ? 1 : 0.125;
        Span<T> x = run.Of<T>(optimised.Inputs[0]), w = run.Of<T>(optimised.Inputs[2]);
        var at = run.Of<TIndex>(optimised.Inputs[1]);
        for (int i = 0; i < x.Length; i++)
            x[i] = T.CreateSaturating((i * 5 % 23 - 11) * eighth);
        for (int i = 0; i < at.Length; i++)
            (at[i], w[i]) = (TIndex.CreateChecked(i * 4 % Rows), T.CreateSaturating((i % 5 - 2) * eighth));
        if (T.CreateSaturating(double.NaN) != T.Zero)
            x[x.Length / 2] = T.CreateSaturating(double.NaN);
        HostTensor[] arguments = [HostTensor.From(x.ToArray(), [Rows, columns]), HostTensor.From(at.ToArray(), [Reads, Terms]),
            HostTensor.From(w.ToArray(), [Reads, Terms])];
        Assert.Equal(0, run.Run());
        foreach (var (expected, output) in Reference.Run(f, arguments).Zip(optimised.Outputs))
            if (output.Value.DType == DType.Bool)
                Assert.True(expected.Bytes.SequenceEqual(run.Of<byte>(output.Value)), what);
            else
                Assert.Equal(expected.ToArray<T>(), run.Of<T>(output.Value).ToArray());
    }

    [Theory, InlineData(-1), InlineData(Rows), InlineData(int.MaxValue), InlineData(int.MinValue)]
    public void A_position_outside_is_an_error(int position)
    {
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int columns in (int[])[3, 16, 78])
            {
                Node x = Input("x", DType.Float64, [Rows, columns]), at = Input("at", DType.Int32, [Reads, Terms]);
                using var run = new ContractionRun(new Computation([x, at], [Sum(Gather(x, at), [1])])) { Width = width };
                run.Of<int>(at).Clear();
                run.Of<int>(at)[7] = position;
                Assert.Equal(1, run.Run());
            }
    }

    /// <summary>Records read at positions that differ by lane cost a gather each, and lanes all the same.</summary>
    [Fact]
    public void What_is_all_gathers_runs_in_lanes_too()
    {
        Node x = Input("x", DType.Float64, [Rows, 9]), at = Input("at", DType.Int32, ["n"]);
        Node[] fields = [.. Enumerable.Range(0, 9).Select(c => Gather(Reshape(Slice(x, 1, c, c + 1), [Rows]), at))];
        var group = Fuse.Run(new([x, at], [Stack([fields[0] * fields[1], .. fields], 1)])).Groups.Single();
        Assert.NotNull(LoopLowering.Of(group)[0].Nest!.Lane);
    }

    [Fact]
    public void Known_positions_are_checked_once()
    {
        Node x = Input("x", DType.Float64, [Rows, 40]), all = Constant(new[] { 10, 0, 3 });
        Node some = Constant(new[] { 10, Rows, 3 }), before = Constant(new[] { 10, -1, 3 });
        bool IsChecked(Node at) => LoopLowering.Of(Fuse.Run(new([x], [2 * Gather(x, at)])).Groups.Single())[0].Nest!
            .Bodies.SelectMany(b => b.Instructions).Any(i => i.Opcode is Opcode.Check);
        Assert.Equal([false, true, true], new[] { all, some, before }.Select(IsChecked));
        double[] data = [.. Enumerable.Range(0, Rows * 40).Select(i => i * 0.5)];
        var found = new Computation([x], [2 * Gather(x, all)]).Compile().Run(data)[0].ToArray<double>();
        Assert.Equal(new[] { 10, 0, 3 }.SelectMany(row => Enumerable.Range(0, 40).Select(c => (double)(40 * row + c))), found);
    }

    [Fact]
    public void Lanes_that_are_left_over_read_where_an_index_of_zero_would()
    {
        var b = new Body();
        Value zero = b.Constant(DType.Int64, 0), rows = b.Constant(DType.Int64, 7), x = b.Load(DType.Int64, 0);
        Value kept = b.Select(b.And(b.LessOrEqual(zero, x), b.Less(x, rows)), x, zero), lane = b.Index(DType.Int64, 1);
        Value small = b.Less(x, rows), withinData = b.And(b.LessOrEqual(zero, x), b.Less(x, x));
        Value[] alike = [b.Multiply(kept, rows), b.Add(b.Multiply(b.Check(kept, small, 1), rows), b.Index(DType.Int64, 0)), zero];
        Value[] others = [x, b.Add(kept, lane), b.Add(kept, x), b.Select(small, x, zero), b.Select(withinData, x, zero)];
        foreach (var position in alike.Concat(others))
            b.Gather(DType.Float32, 1, position);
        Assert.Equal(alike.Select(p => p.Id).Order(), AlikePositions.Of(b, axis => axis == 1).Order());
    }

    [Fact]
    public void Only_positions_that_move_with_the_lanes_or_not_at_all()
    {
        var b = new Body();
        Value lane = b.Index(DType.Int64, 1), row = b.Index(DType.Int64, 0), width = b.Constant(DType.Int64, 7);
        Value one = b.Gather(DType.Float32, 0, row), side = b.Gather(DType.Float32, 0, b.Add(b.Multiply(row, width), lane));
        Value apart = b.Gather(DType.Float32, 0, b.Multiply(lane, width)), twice = b.Gather(DType.Float32, 0, b.Add(lane, lane));
        Value byData = b.Gather(DType.Float32, 0, b.Add(b.Gather(DType.Int64, 1, row), lane));
        Value narrow = b.Gather(DType.Float32, 0, b.Convert(b.Index(DType.Int32, 1), DType.Int64));
        var runs = LaneRuns.Of(b, axis => axis == 1, _ => false);
        Assert.Equal([(one.Id, 0), (side.Id, 1), (b.Gather(DType.Int64, 1, row).Id, 0), (byData.Id, 1)],
            runs.OrderBy(r => r.Key).Select(r => (r.Key, r.Value)));
        Assert.DoesNotContain(apart.Id, runs.Keys);
        Assert.DoesNotContain(twice.Id, runs.Keys);
        Assert.DoesNotContain(narrow.Id, runs.Keys);
    }
}
