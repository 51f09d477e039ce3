using Adjoint.Tests;

namespace Adjoint.Laws.Sparse;

/// <summary>Patterns found from graphs hold every element that differs from zero, and where structure is plain nothing else.</summary>
public class PatternFacts
{
    public static TheoryData<OpCase> Cases => [.. OpCases.All.Where(c => c.Differentiable && c.DTypes.Contains(DType.Float64))];

    /// <summary>
    /// For every op: where the dense Jacobian is not zero, the pattern
    /// has an element, and the sparse values are the dense ones.
    /// </summary>
    [Theory, MemberData(nameof(Cases))]
    public void Patterns_hold_all_that_differs_from_zero(OpCase op)
    {
        var (inputs, result) = op.Graph(DType.Float64);
        Node[] x = [.. inputs.Where(i => i.DType.IsFloat)];
        if (x.Length == 0 || !result.DType.IsFloat || op.RowSymbol is not null || Size(result) * x.Sum(Size) > 6000)
            return;
        var arguments = op.Sample(DType.Float64);
        (Node, HostTensor)[] known = [.. inputs.Zip(arguments).Where(p => !p.First.DType.IsFloat)];
        foreach (var mode in ModesOf(op, result, x))
        {
            var sparse = SparseJacobian.Of(result, x, mode, known);
            Node dense = Concat([.. Jacobian.Of(result, x, mode)
                .Zip(x, (j, n) => Reshape(j, [result.Shape.ElementCount, n.Shape.ElementCount]))], 1);
            Agree(Running.Of(inputs, dense, sparse.ToDense()), arguments, $"{op}, {mode}");
        }
    }

    private static long Size(Node node) => node.Shape.ElementCount.Constant;

    // Rules of a custom derivative may exist for one mode only.
    private static DerivativeMode[] ModesOf(OpCase op, Node result, Node[] x) =>
        [.. new[] { DerivativeMode.Forward, DerivativeMode.Reverse }.Where(mode => HasRule(result, x, mode))];

    private static bool HasRule(Node result, Node[] x, DerivativeMode mode)
    {
        try
        {
            Differentiate.Run(Running.Of([.. Leaves(result)], Jacobian.Of(result, x, mode)));
            return true;
        }
        catch (GraphException e) when (e.Message.Contains("rule", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static IEnumerable<Node> Leaves(Node root)
    {
        var (seen, open) = (new HashSet<Node>(), new Stack<Node>([root]));
        while (open.TryPop(out var node))
            if (seen.Add(node))
            {
                if (node.Op is InputOp)
                    yield return node;
                foreach (var x in node.Apply.Inputs)
                    open.Push(x);
            }
    }

    private static void Agree(Computation f, HostTensor[] arguments, string what)
    {
        var got = Running.Truth(f, arguments);
        var (dense, sparse) = (got[0].Doubles(), got[1].Doubles());
        for (int i = 0; i < dense.Length; i++)
            Assert.True(dense[i].Equals(sparse[i]) || Math.Abs(dense[i] - sparse[i]) <= 1e-9 * (1 + Math.Abs(dense[i])),
                $"{what}: element {i} is {dense[i]:R}, sparse {sparse[i]:R}");
    }

    [Fact]
    public void A_stencil_has_three_diagonals_and_takes_three_sweeps()
    {
        Node u = Input("u", DType.Float64, [100]);
        Node y = Slice(u, 0, 2) - 2 * Slice(u, 0, 1, 99) * Slice(u, 0, 1, 99) + Slice(u, 0, 0, 98);
        var j = SparseJacobian.Of(y, [u]);
        Assert.Equal(3 * 98, j.Pattern.Count);
        Assert.All(Enumerable.Range(0, 98), r => Assert.Equal([r, r + 1, r + 2], j.Pattern.Row(r).ToArray()));
        Assert.Equal(3, j.Sweeps);
    }

    [Fact]
    public void Rows_of_a_batch_depend_on_their_own_instance_only()
    {
        Node x = Input("x", DType.Float64, [50, 4]);
        Node y = Vmap.Map(row => Stack([Sum(Sin(row)), Norm2(row)]), x);
        Assert.Equal(SparsityPattern.BlockDiagonal(50, 2, 4).ColumnIndices.ToArray(), SparsityPattern.Of(y, [x]).ColumnIndices.ToArray());
    }

    [Fact]
    public void Gathers_at_known_positions_depend_on_what_they_read()
    {
        Node camera = Input("camera", DType.Float64, [3, 2]), point = Input("point", DType.Float64, [4, 2]);
        Node of = Input("of", DType.Int32, [5]), at = Input("at", DType.Int32, [5]);
        Node error = Sum(Gather(camera, of, 0) * Gather(point, at, 0), [1]);
        int[] cameras = [0, 1, 2, 0, 1], points = [3, 2, 1, 0, 3];
        var pattern = SparsityPattern.Of(error, [camera, point], (of, cameras), (at, points));
        for (int r = 0; r < 5; r++)
            Assert.Equal([2 * cameras[r], 2 * cameras[r] + 1, 6 + 2 * points[r], 7 + 2 * points[r]], pattern.Row(r).ToArray());
        Assert.Equal(5 * 14, SparsityPattern.Of(error, [camera, point]).Count);
    }

    [Fact]
    public void Batches_of_matrices_and_scans_keep_their_structure()
    {
        Node a = Input("a", DType.Float64, [4, 3, 3]), v = Input("v", DType.Float64, [6]);
        var solved = SparsityPattern.Of(MatMul(a, a), [a]);
        Assert.All(Enumerable.Range(0, 36), r => Assert.Equal(5, solved.Row(r).Length));
        Assert.Equal(4 * 9 * 9, SparsityPattern.Of(Inverse(a), [a]).Count);
        Assert.Equal(21, SparsityPattern.Of(CumulativeSum(v), [v]).Count);
        Assert.Equal(0, SparsityPattern.Of(StopGradient(v) + Floor(v), [v]).Count);
    }

    [Fact]
    public void A_row_that_reads_everything_takes_reverse_mode()
    {
        Node x = Input("x", DType.Float64, [40]);
        var j = SparseJacobian.Of(Concat([x * x, Reshape(Sum(x), [1])], 0), [x]);
        Assert.Equal((DerivativeMode.Reverse, 2), (j.Mode, j.Sweeps));
    }

    [Fact]
    public void Symbols_and_integers_have_no_pattern()
    {
        Node x = Input("x", DType.Float64, ["n"]), i = Input("i", DType.Int32, [2]);
        Assert.Contains("numbers", Assert.Throws<GraphException>(() => SparsityPattern.Of(x, [x])).Message);
        Assert.Contains("float", Assert.Throws<GraphException>(() => SparsityPattern.Of(i, [i])).Message);
        Node z = Input("z", DType.Float64, [2]);
        Assert.Contains("3 rows", Assert.Throws<GraphException>(() => SparseJacobian.Of(z, [z], SparsityPattern.Dense(3, 2))).Message);
    }
}
