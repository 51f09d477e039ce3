using Adjoint.Operations;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>Routines: every buffer between guard pages, the same bits for every width and split, several results, errors.</summary>
public class RoutineFacts
{
    public static TheoryData<int, int, int> Shapes() => new()
    {
        { 1, 5, 1 }, { 7, 5, 1 }, { 2, 3, 2 }, { 1, 4, 15 }, { 1, 4, 64 }, { 3, 6, 65 }, { 1, 3, 200 }, { 2, 0, 16 }, { 2, 1, 129 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Sums_of_floats(int outer, int n, int inner) =>
        Check(DType.Float32, outer, n, inner, x => [CumulativeSum(x, 1), CumulativeLogSumExp(x, 1)]);

    [Theory, MemberData(nameof(Shapes))]
    public void Sums_of_doubles(int outer, int n, int inner) =>
        Check(DType.Float64, outer, n, inner, x => [CumulativeSum(x, 1, exclusive: true, reverse: true)]);

    [Theory, MemberData(nameof(Shapes))]
    public void Extremes_and_their_positions(int outer, int n, int inner) =>
        Check(DType.Float32, outer, n, inner, x => [CumulativeMax(x, 1), CumulativeArgMax(x, 1), CumulativeArgMin(x, 1)]);

    [Theory, InlineData(1), InlineData(2), InlineData(7), InlineData(16), InlineData(17), InlineData(33)]
    public void Factors(int n)
    {
        foreach (var type in new[] { DType.Float32, DType.Float64 })
        {
            Check(type, 2, n, n, x => [Cholesky(MatMul(x, Transpose(x, [0, 2, 1])) + IdentityMatrix(n, type) * 1000),
                Lu(x).U, MatrixExponential(x * 0.01)]);
            Check(type, 3, n + 5, n, x => Svd(x) is var (u, s, v) ? [u, s, v, Qr(x).Q, Qr(x).R] : []);
            Check(type, 2, n, n, x => SymmetricEigen(x) is var (l, v)
                ? [l, v, TriangularSolve(x + IdentityMatrix(n, type) * 9, Concat([x, x, x], 2))] : []);
        }
    }

    [Theory, InlineData(1), InlineData(7), InlineData(8), InlineData(9), InlineData(100)]
    public void Sorted(int n)
    {
        Check(DType.Float32, 2, 3, n, x => [Sort(x), ArgSort(x, -1, descending: true)]);
        Check(DType.Float64, 2, 3, n, x => [Sort(x)]);
    }

    [Fact]
    public void One_program_makes_all_results()
    {
        Node x = Input("x", DType.Float32, [3, 40]);
        var groups = Passes.Fuse.Run(new Computation([x], [CumulativeMax(x), CumulativeArgMax(x)])).Groups;
        Assert.Equal(2, groups.Length);   // before twins meet
        var both = Apply.Of(new CumulativeExtreme(1, false, false), Origin.None, x).Results;
        var group = Assert.Single(Passes.Fuse.Run(new Computation([x], [both[0], both[1] + 1])).Groups,
            g => g.Kind == Passes.GroupKind.Routine);
        Assert.Equal(2, group.Outputs.Length);
    }

    [Fact]
    public void The_program_is_printed()
    {
        Node x = Input("x", DType.Float32, [3, 40, 5]);
        string text = new Computation([x], [CumulativeSum(x, 1)]).Compile().ToKernelText();
        Assert.Contains("m0 = operand0 float32[40, 5]", text, StringComparison.Ordinal);
        Assert.Contains("lanes v", text, StringComparison.Ordinal);
        Assert.Contains("= m0[x", text, StringComparison.Ordinal);
    }

    private static void Check(DType type, int outer, int n, int inner, Func<Node, Node[]> build)
    {
        Node x = Input("x", type, [outer, n, inner]);
        var results = build(x);
        var f = new Computation([x], [.. results.Select(y => (Output)y)]);
        byte[]? expected = null;
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int pieces in new[] { 1, 3 })
                foreach (bool atEnd in new[] { true, false })
                {
                    using var run = new ContractionRun(f, atEnd: atEnd) { Width = width, Pieces = pieces };
                    if (type == DType.Float32)
                        ContractionFacts.Fill(run.Of<float>(x), 1);
                    else
                        ContractionFacts.Fill(run.Of<double>(x), 1);
                    Assert.Equal(0, run.Run());
                    byte[] got = [.. results.SelectMany(y => run.Of<byte>(y).ToArray())];
                    Assert.Equal(expected ??= got, got);
                }
    }
}
