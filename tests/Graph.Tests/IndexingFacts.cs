using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Reading and writing where data says, against results written out by hand: duplicates, ties, zeros, positions outside.</summary>
public class IndexingFacts
{
    private static readonly Dictionary<string, (Func<Node, Node> F, double[] X, double[] Y)> Rows = new()
    {
        ["elements"] = (x => Flat(GatherElements(Reshape(x, [2, 2]), Constant(new[,] { { 0, 0 }, { 1, 0 } }), 1)),
            [1, 2, 3, 4], [1, 1, 4, 3]),
        ["tuples"] = (x => GatherND(Reshape(x, [2, 2]), Constant(new[,] { { 0, 0 }, { 1, 1 } })), [0, 1, 2, 3], [0, 3]),
        ["tuples in batches"] = (x => Flat(GatherND(Reshape(x, [2, 2, 2]), Constant(new[,] { { 1 }, { 0 } }), 1)),
            [0, 1, 2, 3, 4, 5, 6, 7], [2, 3, 4, 5]),
        ["the last of several stays"] = (x => Scatter(x, Constant(new[] { 1, 1, 0 }), Constant(new[] { 7.0, 8, 9 })), [1, 2, 3], [9, 8, 3]),
        ["factors"] = (x => Scatter(x, Constant(new[] { 1, 1 }), Constant(new[] { 7.0, 2 }), 0, ScatterMode.Multiply),
            [1, 2, 3], [1, 28, 3]),
        ["NaN is the largest"] = (x =>
            Scatter(x, Constant(new[] { 1, 0 }), Constant(new[] { NaN, 2 }), 0, ScatterMode.Max), [1, 2, 3], [2, NaN, 3]),
        ["the smallest"] = (x => Scatter(x, Constant(new[] { 1, 1 }), Constant(new[] { 0.5, 2 }), 0, ScatterMode.Min),
            [1, 2, 3], [1, 0.5, 3]),
        ["updates by tuples"] = (x => ScatterND(x, Constant(new[,] { { 4 }, { 3 }, { 1 }, { 7 } }),
            Constant(new[] { 9.0, 10, 11, 12 })), [1, 2, 3, 4, 5, 6, 7, 8], [1, 11, 3, 10, 9, 6, 7, 12]),
        ["a corner"] = (x => Flat(ScatterElements(Reshape(x, [2, 2]), Constant(new[,] { { 1 } }),
            Constant(new[,] { { 9.0 } }), 0)), [1, 2, 3, 4], [1, 2, 9, 4]),
        ["segments"] = (x => SegmentSum(x, Constant(new[] { 0, 2, 0 }), 3), [1, 2, 4], [5, 0, 2]),
        ["the mean of an empty segment is NaN"] = (x => SegmentMean(x, Constant(new[] { 0, 2, 0 }), 3), [1, 2, 4], [2.5, NaN, 2]),
        ["the largest of an empty segment is -∞"] = (x => SegmentMax(x, Constant(new[] { 0, 2, 0 }), 3), [1, 2, 4], [4, -Inf, 2]),
        ["the product of an empty segment is 1"] = (x => SegmentProduct(x, Constant(new[] { 0, 2, 0 }), 3), [3, 2, 4], [12, 1, 2]),
        ["histogram"] = (x => Position(Histogram(x, Constant(new[] { 0.0, 1, 2 }))), [0, 0.5, 1, 2, 2.5, -1, NaN], [2, 2]),
        ["bins in front of equals"] = (x => Position(SearchSorted(Constant(new[] { 1.0, 2, 2, 4 }), x)),
            [0, 1, 2, 3, 9, NaN], [0, 0, 1, 3, 4, 4]),
        ["bins behind equals, NaN last"] = (x =>
            Position(SearchSorted(Constant(new[] { 1.0, 2, 2, NaN }), x, right: true)), [1, 2, Inf, NaN], [1, 3, 3, 4]),
        ["positions from the end"] = (x => Gather(x, FromEnd(Constant(new[] { -1, 0, -3 }), 3)), [1, 2, 3], [3, 1, 1]),
        ["one-hot with values"] = (x =>
            Flat(OneHot(Convert(x, DType.Int32), 2, Scalar(DType.Float64, 5), Scalar(DType.Float64, -1), 0)), [1, 7], [-1, -1, 5, -1]),
        ["the first elements backward"] = (x => Flat(ReverseSequence(Reshape(x, [3, 2]), Constant(new[] { 2, 3 }))),
            [1, 2, 3, 4, 5, 6], [3, 6, 1, 4, 5, 2]),
        ["a box"] = (x => DynamicSlice(x, Constant(new[] { 2 }), [2]), [1, 2, 3, 4], [3, 4]),
        ["a box replaced"] = (x => DynamicUpdateSlice(x, Constant(new[] { 8.0, 9 }), Constant(new[] { 1 })), [1, 2, 3, 4], [1, 8, 9, 4]),
        ["a ring"] = (x => Flat(TensorScatter(Reshape(x, [1, 3]), Constant(new[,] { { 8.0, 9 } }),
            Constant(new[] { 2 }), 1, circular: true)), [1, 2, 3], [9, 2, 8]),
        ["a constant mask"] = (x => Compress(x, [false, true, true], 0), [1, 2, 3, 4], [2, 3]),
    };

    public static TheoryData<string> EveryRow() => [.. Rows.Keys];

    private static Node Flat(Node x) => Reshape(x, [x.Shape.ElementCount]);

    private static Node Position(Node p) => Convert(p, DType.Float64);

    [Theory, MemberData(nameof(EveryRow))]
    public void Positions_mean_what_they_say(string name) => AssertClose(Rows[name].Y, Eval(Rows[name].F, Rows[name].X), 1e-15);

    /// <summary>Updates 0 and 2 meet element 1, update 1 meets element 0: x, u, and the slopes of the sum of results along each.</summary>
    public static TheoryData<ScatterMode, double[], double[], double[], double[]> Duplicates() => new()
    {
        { ScatterMode.Set, [3, 2, 7], [4, 5, 1], [0, 0, 1], [0, 1, 1] },
        { ScatterMode.Add, [3, 2, 7], [4, 5, 1], [1, 1, 1], [1, 1, 1] },
        { ScatterMode.Multiply, [3, 2, 7], [4, 5, 6], [5, 24, 1], [12, 3, 8] },
        { ScatterMode.Multiply, [3, 2, 7], [0, 5, 6], [5, 0, 1], [12, 3, 0] },
        { ScatterMode.Multiply, [3, 2, 7], [0, 5, 0], [5, 0, 1], [0, 3, 0] },
        { ScatterMode.Multiply, [0, 0, 7], [2, 0, 5], [0, 10, 1], [0, 0, 0] },
        { ScatterMode.Max, [3, 4, 7], [4, 5, 1], [0, 0.5, 1], [0.5, 1, 0] },
        { ScatterMode.Min, [5, 1, 7], [1, 5, 1], [0.5, 1 / 3.0, 1], [1 / 3.0, 0.5, 1 / 3.0] },
    };

    [Theory, MemberData(nameof(Duplicates))]
    public void Duplicates_have_exact_slopes(ScatterMode mode, double[] tensor, double[] updates, double[] ofTensor, double[] ofUpdates)
    {
        Node x = Input("x", DType.Float64, [3]), u = Input("u", DType.Float64, [3]);
        var y = Scatter(x, Constant(new[] { 1, 0, 1 }), u, 0, mode);
        var slopes = Sweep.Pullback(y, [x, u], OnesLike(y));
        AssertClose(ofTensor, Doubles(Eval(slopes[0]!, (x, tensor), (u, updates))), 1e-15);
        AssertClose(ofUpdates, Doubles(Eval(slopes[1]!, (x, tensor), (u, updates))), 1e-15);
    }

    [Theory, InlineData(-1), InlineData(3)]
    public void A_position_outside_is_an_error(int position)
    {
        Node x = Input("x", DType.Float64, [3, 3]), index = Constant(new[,] { { position } }), one = Constant(new double[1, 1]);
        Node[] wrong =
        [
            GatherElements(x, index, 0), GatherND(x, index), ScatterElements(x, index, one, 1),
            ScatterND(x, index, Constant(new double[1, 3])),
            DynamicSlice(x, Constant(new[] { 0, position }), [1, 1]), DynamicUpdateSlice(x, one, Constant(new[] { position, 0 })),
        ];
        foreach (var y in wrong)
            Assert.Contains("out of range",
                Assert.Throws<ArgumentOutOfRangeException>(() => Eval(y, (x, new double[3, 3]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Node x = Input("x", DType.Float64, [3, 4]), i = Input("i", DType.Int32, [2, 2]),
            f = Input("f", DType.Float64, [2, 2]), truth = Input("t", DType.Bool, [3, 4]);
        Action[] wrong =
        [
            () => GatherElements(x, f, 0), () => GatherElements(x, Input("j", DType.Int32, [9, 9]), 0),
            () => GatherND(x, Input("j", DType.Int32, [2, 3])),
            () => ScatterElements(x, i, x), () => Scatter(x, i, f, 2), () => ScatterND(x, i, f),
            () => ScatterND(x, i, Input("u", DType.Float32, [2])),
            () => ScatterElements(truth, i, Input("u", DType.Bool, [2, 2]), 0, ScatterMode.Add),
            () => DynamicSlice(x, Input("s", DType.Int32, [2]), [4, 4]),
            () => DynamicSlice(x, Input("s", DType.Int32, [1]), [1, 1]), () => SearchSorted(x, f),
            () => SegmentSum(x, i, 2), () => Histogram(x, Input("e", DType.Float64, [1])),
            () => TensorScatter(x, f, Input("s", DType.Int32, [3])), () => OneHot(f, 2, Sum(x), Sum(x)),
            () => Compress(x, [true], 2), () => ReverseSequence(x, i),
        ];
        Assert.All(wrong, build => Assert.Contains("fix ", Assert.Throws<GraphException>(build).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Selections_of_constants()
    {
        var x = HostTensor.From(new[,] { { 1.0, 0 }, { NaN, 3 } });
        Assert.Equal([0L, 1, 1, 0, 0, 1], x.NonZero().ToArray<long>());
        Assert.Equal([2L, 3], x.NonZero().Shape.ToArray());
        var (values, first, inverse, counts) = HostTensor.From(new[] { 2, 1, 1, 3, 4, 3 }).Unique();
        Assert.Equal([1, 2, 3, 4], values.ToArray<int>());
        Assert.Equal([1L, 0, 3, 4], first.ToArray<long>());
        Assert.Equal([1L, 0, 0, 2, 3, 2], inverse.ToArray<long>());
        Assert.Equal([2L, 1, 2, 1], counts.ToArray<long>());
        Assert.Equal([2, 1, 3, 4], HostTensor.From(new[] { 2, 1, 1, 3, 4, 3 }).Unique(sorted: false).Values.ToArray<int>());
        var columns = HostTensor.From(new[,] { { 1, 1, 0 }, { 2, 2, 5 } }).Unique(axis: 1);
        Assert.Equal([0, 1, 5, 2], columns.Values.ToArray<int>());
        Assert.Equal([2L, 2], columns.Values.Shape.ToArray());
        Assert.Equal([0.5, NaN, NaN], HostTensor.From(new[] { NaN, 0.5, NaN }).Unique().Values.ToArray<double>());
    }
}
