using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Sums of products over any axes, and reductions by other norms.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Contractions =>
    [
        Dot("dot-general", x => DotGeneral(x[0], x[1], [0, 2], [1, 0]), [2, 3, 4], [4, 2, 5]),
        Dot("dot-general with shared axes", x => DotGeneral(x[0], x[1], [1], [2], [2], [0]), [3, 4, 2], [2, 5, 4]),
        Dot("dot-general of shared axes only", x => DotGeneral(x[0], x[1], [], [], [0, 1], [1, 0]), [3, 4], [4, 3]),
        Dot("dot-general along a symbol", x => DotGeneral(x[0], x[1], [0], [0]), [5, 3], [5, 2]) with { RowSymbol = "rows" },
        Dot("tensor-dot", x => TensorDot(x[0], x[1]), [2, 3, 4], [3, 4, 5]), Dot("inner", x => Inner(x[0], x[1]), [3, 4], [2, 4]),
        Dot("outer", x => Outer(x[0], x[1]), [3], [2, 2]), Dot("kronecker", x => Kronecker(x[0], x[1]), [2, 3], [2]),
        Dot("gemm", x => Gemm(x[0], x[1], x[2], 2, 3, transposeA: true, transposeB: true), [4, 3], [5, 4], [5]),
        Dot("gemm with a column", x => Gemm(x[0], x[1], x[2]), [3, 4], [4, 5], [3, 1]),
        Dot("linear", x => Linear(x[0], x[1], x[2]), [2, 3, 4], [5, 4], [5]),
        Dot("einsum: product", x => Einsum("ij,jk->ik", x), [3, 4], [4, 5]),
        Dot("einsum: product, implicit", x => Einsum("ij, jk", x), [3, 4], [4, 5]),
        Dot("einsum: transposed", x => Einsum("ji", x), [3, 4]), Dot("einsum: sum of columns", x => Einsum("ij->j", x), [3, 4]),
        Dot("einsum: trace", x => Einsum("ii", x), [3, 3]), Dot("einsum: diagonal", x => Einsum("...ii->...i", x), [2, 3, 3]),
        Dot("einsum: bilinear", x => Einsum("bi,ijk,bk->bj", x), [2, 3], [3, 4, 5], [2, 5]),
        Dot("einsum: heads", x => Einsum("bqhd,bkhd->bhqk", x), [2, 3, 2, 4], [2, 5, 2, 4]),
        Dot("einsum: ellipses broadcast", x => Einsum("...ij,...jk->...ik", x), [2, 1, 3, 4], [5, 4, 2]),
        Dot("einsum: ellipsis in front", x => Einsum("i...,i...", x), [3, 2], [3, 2]),
        Dot("einsum: outer", x => Einsum("i,j->ji", x), [3], [2]),
        Dot("einsum: all alone", x => Einsum("ij,kl->", x), [3, 2], [2, 4]),
        Dot("einsum: ones broadcast", x => Einsum("ij,j->i", x), [3, 1], [4]),
        Dot("einsum: scalars", x => Einsum(",ij->ij", x), [], [2, 3]),
        Dot("einsum: over nothing", x => Einsum("ij,jk->ik", x), [3, 0], [0, 2]),
        Dot("einsum: cube of a diagonal", x => Einsum("iii->i", x), [3, 3, 3]),
        Dot("einsum: chain of five", x => Einsum("ab,bc,cd,de,ea->", x), [2, 3], [3, 4], [4, 2], [2, 3], [3, 2]),
        Dot("einsum: chain of nine", x => Einsum("ab,bc,cd,de,ef,fg,gh,hi,ij->aj", x), [2, 2], [2, 3], [3, 2], [2, 2],
            [2, 2], [2, 3], [3, 2], [2, 2], [2, 3]) with { Ulps = 128 },
        Dot("einsum: along a symbol", x => Einsum("ni,nj->ij", x), [5, 3], [5, 2]) with { RowSymbol = "rows" },
    ];

    private static IEnumerable<OpCase> Norms =>
    [
        Map("2-norm of large numbers", x => Norm2(x * 1e25, [1]) * 1e-25),
        Map("2-norm of small numbers", x => Norm2(x * 1e-25, [1]) * 1e25) with { Ulps = 32 },
        Map("3-norm", x => Norm(x, 3, [1]), kinks: [0]), Map("1.5-norm, kept", x => Norm(x, 1.5, [0], keepDims: true), kinks: [0]),
        Map("half-norm", x => Norm(x, 0.5), kinks: [0]) with { Ulps = 64 },
        Map("infinity norm", x => Norm(x, double.PositiveInfinity, [1]), kinks: [0]),
        Map("log-sum", x => LogSum(x, [1]), 0.1, 3),
        Map("last argmax of rows", x => ArgMax(Round(x), 1, last: true)) with { Differentiable = false },
        Map("last argmin of columns", x => ArgMin(Round(x), 0, last: true)) with { Differentiable = false },
        new("last argmax of a long row", x => ArgMax(x[0], last: true), new Operand([3, 100])) { DTypes = Numbers, Differentiable = false },
    ];

    private static OpCase Dot(string name, Func<Node[], Node> build, params long[][] shapes) =>
        new(name, build, [.. shapes.Select(s => new Operand(s))]) { DTypes = Numbers, Ulps = 64 };
}
