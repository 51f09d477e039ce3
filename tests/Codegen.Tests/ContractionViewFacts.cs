using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>Operands through views, read where they lie: exact for integers, whatever the strides.</summary>
public class ContractionViewFacts
{
    private static Node Of(string name, params ReadOnlySpan<Dim> shape) => Input(name, DType.Int64, Shape.Create(shape));

    private static (Node[] Inputs, Node Result) Case(string name)
    {
        Node a = Of("a", 5, 9, 23), b = Of("b", 5, 23, 18), c = Of("c", 23, 18), x = Of("x", 40, 60),
            y = Of("y", 60, 50), s = Of("s", "t", 9, 23), v = Of("v", 23);
        return name switch
        {
            "batches" => ([a, b], MatMul(a, b)),
            "one b for all batches" => ([a, c], MatMul(a, c)),
            "one b for all batches, symbolic" => ([s, c], MatMul(s, c) + 1),
            "one a for all batches" => ([c, b], MatMul(Transpose(Slice(c, 1, 0, 7)), b)),
            "batch axis inside" => ([a, b], MatMul(Transpose(a, Axes.Of(1, 0, 2)), Transpose(Slice(b, 2, 0, 9), Axes.Of(2, 1, 0)))),
            "transposed batches" => ([a, b], MatMul(Transpose(b, Axes.Of(0, 2, 1)), Transpose(a, Axes.Of(0, 2, 1)))),
            "slices" => ([x, y], MatMul(Slice(x, 1, 7, 30), Slice(Slice(y, 0, 3, 26), 1, 1, 46, 3))),
            "flipped rows" => ([x, y], MatMul(Flip(x, Axes.Of(0)), y)),
            "flipped k" => ([x, y], MatMul(Flip(x, Axes.Of(1)), Flip(y, Axes.Of(0)))),
            "flipped columns" => ([x, y], MatMul(x, Flip(y, Axes.Of(1)))),
            "steps of two" => ([x, y], MatMul(Slice(x, 1, 0, 60, 2), Slice(y, 0, 1, 60, 2))),
            "row vector" => ([v, c], MatMul(v, c)),
            "column vector" => ([a, v], MatMul(a, v)),
            "inner product" => ([v], MatMul(v, v)),
            "outer product" => ([v, x], MatMul(Reshape(v, [23, 1]), Reshape(Slice(x, 0, 0, 1), [1, 60]))),
            "constant rows" => ([c], MatMul(BroadcastTo(Reshape(Slice(c, 1, 0, 1), [1, 23]), [30, 23]), c)),
            "constant columns" => ([c, v], MatMul(Transpose(c), BroadcastTo(Reshape(v, [23, 1]), [23, 40]))),
            "two batch axes" => ([a, b], MatMul(BroadcastTo(Reshape(a, [5, 1, 9, 23]), [5, 3, 9, 23]),
                BroadcastTo(Reshape(b, [5, 1, 23, 18]), [5, 3, 23, 18]))),
            "both along several axes" => OverImages(Of("g", 3, 11, 7, 5), Of("h", 3, 6, 7, 5)),
            "both along several axes, symbolic" => OverImages(Of("g", "t", 30, 4, 5), Of("h", "t", 19, 4, 5)),
            "windows and images, few of them" => OverWindows(Of("g", 3, 9, 7, 6), Of("h", 3, 2, 9, 8)),
            "windows and images, many of them" => OverWindows(Of("g", 3, 70, 7, 6), Of("h", 3, 2, 9, 8)),
            "windows and images, symbolic" => OverWindows(Of("g", "t", 41, 3, 11), Of("h", "t", 3, 5, 13)),
            "batches with a residual" => ([a, c, v], MatMul(a, c) * 3 + BroadcastTo(Reshape(Slice(v, 0, 0, 9), [9, 1]), [5, 9, 18])),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    // [n, m, h, w] and [n, c, h, w], summed over images and positions: [m, c].
    private static (Node[], Node) OverImages(Node g, Node h) => ([g, h],
        MatMul(Positions(Transpose(g, Axes.Of(1, 0, 2, 3)), 1), Positions(Transpose(h, Axes.Of(0, 2, 3, 1)), 3)));

    // The same with all windows 3x3 of the second, as the gradient of filters has it.
    private static (Node[], Node) OverWindows(Node g, Node h) => ([g, h], MatMul(Positions(Transpose(g, Axes.Of(1, 0, 2, 3)), 1),
        Positions(Transpose(Windows(Windows(h, 2, 3), 3, 3), Axes.Of(0, 2, 3, 1, 4, 5)), 3)));

    // Axes before one, and from there on, as one each.
    private static Node Positions(Node x, int from) => Reshape(x, [Product(x.Shape.Take(from)), Product(x.Shape.Skip(from))]);

    private static Dim Product(IEnumerable<Dim> extents) => extents.Aggregate(Dim.One, (n, d) => n * d);

    public static TheoryData<string> Names() =>
        new("batches", "one b for all batches", "one b for all batches, symbolic", "one a for all batches", "batch axis inside",
        "transposed batches", "slices", "flipped rows", "flipped k", "flipped columns", "steps of two", "row vector", "column vector",
        "inner product", "outer product", "constant rows", "constant columns", "two batch axes", "batches with a residual",
        "both along several axes", "both along several axes, symbolic", "windows and images, few of them",
        "windows and images, many of them",
        "windows and images, symbolic");

    [Theory, MemberData(nameof(Names))]
    public void Are_read_in_place(string name)
    {
        var (inputs, result) = Case(name);
        result = Node.Of(new Copy(), result.Apply.Origin, result);
        var f = new Computation(inputs, [result]);
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (bool atEnd in new[] { true, false })
            {
                using var run = new ContractionRun(f, new() { ["t"] = 6 }, atEnd) { Width = width, Pieces = 2 };
                Assert.All(run.Fused.Groups, g => Assert.Equal(Passes.GroupKind.Contraction, g.Kind));
                foreach (var (x, seed) in inputs.Select((x, i) => (x, i)))
                    ContractionFacts.Fill(run.Of<long>(x), seed);
                Assert.Equal(0, run.Run());
                var expected = Reference.Run(f,
                    inputs.Select(x => HostTensor.From(run.Of<long>(x).ToArray(),
                        x.Shape.Evaluate(new Dictionary<string, long> { ["t"] = 6 }))));
                Assert.Equal(expected[0].ToArray<long>(), run.Of<long>(result).ToArray());
            }
    }
}
