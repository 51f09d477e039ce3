using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Factorisations and solves.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Factorisations =>
    [
        OfMatrix("cholesky", 4, a => Cholesky(Definite(a))), OfMatrix("cholesky of matrices", 5, a => Cholesky(Definite(a)), 2, 3),
        OfMatrix("cholesky of many columns", 37, a => Cholesky(Definite(a))) with { Ulps = 2000 },
        OfMatrix("cholesky of one number", 1, a => Cholesky(Definite(a))), OfMatrix("cholesky of nothing", 0, a => Cholesky(a)),
        OfMatrix("cholesky of matrices that a symbol counts", 3, a => Cholesky(Definite(a)), 4) with { RowSymbol = "items" },
        OfMatrix("lu", 4, a => Lu(Dominant(a)).U), OfMatrix("lu, lower factor", 4, a => Lu(Dominant(a)).L, 3),
        OfMatrix("lu with exchanges", 5, a => Lu(Flip(Dominant(a), [-2])).U + Lu(Flip(Dominant(a), [-2])).L, 2),
        OfMatrix("lu, row numbers", 5, a => Lu(a).Rows, 2) with { Differentiable = false },
    ];

    private static IEnumerable<OpCase> Solutions =>
        from lower in new[] { false, true }
        from transpose in new[] { false, true }
        from unit in new[] { false, true }
        select new OpCase($"triangular-solve{(lower ? " lower" : " upper")}{(transpose ? " transposed" : "")}{(unit ? " unit" : "")}",
            x => TriangularSolve(Dominant(x[0]), x[1], lower, transpose, unit), new Operand([2, 4, 4], -1, 1),
            new Operand([4, 3])) { Ulps = 200 };

    private static IEnumerable<OpCase> Equations =>
    [
        new("triangular-solve of a vector", x => TriangularSolve(Dominant(x[0]), x[1]), new Operand([5, 5], -1, 1),
            new Operand([5])) { Ulps = 200 },
        new("triangular-solve of many right sides", x => TriangularSolve(Dominant(x[0]), x[1]),
            new Operand([9, 9], -1, 1), new Operand([9, 150])) { Ulps = 200 },
        new("triangular-solve of nothing", x => TriangularSolve(x[0], x[1]), new Operand([0, 0]), new Operand([0, 3])),
        new("solve", x => Solve(Dominant(x[0]), x[1]), new Operand([4, 4], -1, 1), new Operand([4, 3])) { Ulps = 200 },
        new("solve, transposed, of a vector", x => Solve(Flip(Dominant(x[0]), [-1]), x[1], transpose: true),
            new Operand([4, 4], -1, 1), new Operand([4])) { Ulps = 200 },
        new("solve for broadcast right sides", x => Solve(Dominant(x[0]), x[1]), new Operand([2, 1, 3, 3], -1, 1),
            new Operand([5, 3, 2])) { Ulps = 200 },
        OfMatrix("inverse", 4, a => Inverse(Flip(Dominant(a), [-1])), 2) with { Ulps = 200 },
        OfMatrix("inverse of one number", 1, a => Inverse(Dominant(a))),
        OfMatrix("log-determinant", 4, a => LogDeterminant(Flip(Dominant(a), [-1])), 2) with { Ulps = 200 },
        OfMatrix("sign of a determinant", 4, a => SignAndLogDeterminant(a).Sign, 5) with { Differentiable = false },
    ];

    private static IEnumerable<OpCase> Decompositions =>
    [
        new("qr", x => Qr(x[0]).Q, new Operand([2, 5, 3], -1, 1)) { Ulps = 200 },
        new("qr, triangle", x => Qr(x[0]).R, new Operand([5, 3], -1, 1)) { Ulps = 200 },
        new("qr of a square", x => Qr(Dominant(x[0])) is var (q, r) ? q * r : x[0], new Operand([4, 4], -1, 1)) { Ulps = 200 },
        new("qr of a wide matrix", x => Qr(x[0]) is var (q, r) ? MatMul(Sin(q), r) : x[0], new Operand([3, 5], -1, 1)) { Ulps = 500 },
        OfMatrix("eigenvalues", 4, a => SymmetricEigen(Spread(a)).Values, 2),
        OfMatrix("eigenvectors", 4, a => SymmetricEigen(Spread(a)).Vectors, 2),
        OfMatrix("eigenvalues of many", 40, a => SymmetricEigen(Spread(a)).Values) with { Ulps = 500 },
        OfMatrix("eigenvalue of a number", 1, a => SymmetricEigen(a).Values),
        OfMatrix("eigenvalues and vectors together", 3, a => SymmetricEigen(Spread(a)) is var (l, v) ? l * Sin(v) : a),
        new("singular values", x => Svd(Apart(x[0])).S, new Operand([2, 5, 3], -1, 1)) { Ulps = 200 },
        new("left singular vectors", x => Svd(Apart(x[0])).U, new Operand([5, 3], -1, 1)) { Ulps = 500 },
        new("right singular vectors", x => Svd(Apart(x[0])).V, new Operand([3, 5], -1, 1)) { Ulps = 500 },
        new("singular vectors and values together",
            x => Svd(Apart(x[0])) is var (u, s, v) ? MatMul(Sin(u) * s, Transpose(v)) : x[0], new Operand([4, 4], -1, 1)) { Ulps = 500 },
        OfMatrix("determinant", 4, a => Determinant(Dominant(a)), 2) with { Ulps = 200 },
        OfMatrix("determinant of one number", 1, a => Determinant(a)),
        OfMatrix("determinant of two rows", 2, a => Determinant(a), 3), OfMatrix("determinant of nothing", 0, a => Determinant(a)),
        OfMatrix("determinant of a singular matrix", 3,
            a => Determinant(a * Constant(new double[] { 1, 1, 0 }))) with { DTypes = [DType.Float64] },
        OfMatrix("cofactors", 3, a => Cofactors(a + Reshape(Iota([9], 0, a.DType), [3, 3])), 2) with { Ulps = 500 },
        OfMatrix("matrix-exponential", 3, a => MatrixExponential(a), 2) with { Ulps = 200 },
        OfMatrix("matrix-exponential of larger ones", 4, a => MatrixExponential(a * 5)) with { Ulps = 2000 },
    ];

    // Symmetric, its eigenvalues apart.
    private static Node Spread(Node x) =>
        (x + Transpose(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2])) * 0.2
        + IdentityMatrix(x.Shape[-1], x.DType) * Iota([x.Shape[-1]], 0, x.DType) * 2;

    // Singular values apart from each other and from 0.
    private static Node Apart(Node x) =>
        x * 0.2 + Where(Equal(Iota(x.Shape, x.Rank - 1, DType.Int64), Iota(x.Shape, x.Rank - 2, DType.Int64)),
        Iota(x.Shape, x.Rank - 1, x.DType) * 2 + 1, ZerosLike(x));

    private static OpCase OfMatrix(string name, int n, Func<Node, Node> build, params long[] batch) =>
        new(name, x => build(x[0]), new Operand([.. batch, n, n], -1, 1)) { Ulps = 100 };

    // Positive definite, whatever x.
    private static Node Definite(Node x) =>
        MatMul(x, Transpose(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2])) + IdentityMatrix(x.Shape[-1], x.DType) * 2;

    // Far from singular for elements up to 1.
    private static Node Dominant(Node x) => x + IdentityMatrix(x.Shape[-1], x.DType) * (1 + x.Shape[-1].Constant);
}
