using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>Factorisations and solves: programs per matrix, in the last two axes; leading axes number the matrices.</summary>
public abstract record MatrixRoutine : Routine
{
    /// <inheritdoc/>
    public override int BatchAxes(ImmutableArray<TensorType> operands) => operands[0].Rank - 2;

    /// <inheritdoc/>
    public override Dim Work(ImmutableArray<TensorType> operands) => operands[0].Shape[-2] * operands[0].Shape[-1] * operands[0].Shape[-1];

    /// <summary>Demands matrices of floats.</summary>
    protected static void DemandMatrices(Inference x)
    {
        x.RequireDType(0, d => d.IsFloat, "float32 or float64");
        if (x[0].Rank < 2)
            throw x.Error($"{x[0].Shape} has {x[0].Rank} axes", "give a matrix, or matrices along leading axes");
    }

    /// <summary>Demands square matrices of floats.</summary>
    protected static void DemandSquare(Inference x)
    {
        DemandMatrices(x);
        x.Require(x[0].Shape[-2], x[0].Shape[-1], $"matrices have {x[0].Shape[-2]} rows and {x[0].Shape[-1]} columns",
            "give square matrices");
    }

    /// <summary>A cotangent of whole matrices: alive where any element of the results of that item is.</summary>
    private protected static Cotangent Whole(Node value, params ReadOnlySpan<Cotangent?> seeds) => Matrices.Guarded(value, seeds);
}

/// <summary>Short forms that rules about matrices are written in.</summary>
internal static class Matrices
{
    /// <summary>Rows become columns.</summary>
    public static Node T(Node x) => Ops.Transpose(x, Axes.Of([.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]));

    /// <summary>The product of two, or of more from the left.</summary>
    public static Node Times(params ReadOnlySpan<Node> x)
    {
        var product = x[0];
        foreach (var factor in x[1..])
            product = Ops.MatMul(product, factor);
        return product;
    }

    /// <summary>(x + x^T) / 2.</summary>
    public static Node Symmetric(Node x) => (x + T(x)) * 0.5;

    /// <summary>The lower triangle with half the diagonal.</summary>
    public static Node LowerHalf(Node x) => (Ops.Tril(x) + Ops.Tril(x, -1)) * 0.5;

    /// <summary>Columns scaled: x times a diagonal matrix.</summary>
    public static Node Columns(Node x, Node d) => x * Ops.ExpandDims(d, -2);

    /// <summary>Identity matrices of the shape of <paramref name="x"/>.</summary>
    public static Node IdentityLike(Node x) => Ops.BroadcastTo(Ops.IdentityMatrix(x.Shape[-1], x.DType), x.Shape);

    /// <summary>
    /// Terms that turn vectors into each other, x[i, j] / gap[i, j]: none on the diagonal, none where the two values are equal and nothing
    /// turns; where something does, there is no derivative, and the term is infinite.
    /// </summary>
    public static Node OverGaps(Node x, Node gaps)
    {
        Node none = Ops.Or(Ops.Equal(Ops.Iota(gaps.Shape, -2, DType.Int32), Ops.Iota(gaps.Shape, -1, DType.Int32)),
            Ops.And(Ops.Equal(gaps, Ops.ZerosLike(gaps)), Ops.Equal(x, Ops.ZerosLike(x))));
        return Ops.Where(none, Ops.ZerosLike(x), x / Ops.Where(none, Ops.OnesLike(gaps), gaps));
    }

    /// <summary>1 / x, and 0 where x is 0.</summary>
    public static Node ReciprocalOrZero(Node x)
    {
        var zero = Ops.Equal(x, Ops.ZerosLike(x));
        return Ops.Where(zero, Ops.ZerosLike(x), 1 / Ops.Where(zero, Ops.OnesLike(x), x));
    }

    /// <summary>Rows at positions, matrix by matrix: <c>y[.., i, c] = x[.., positions[.., i], c]</c>.</summary>
    public static Node Rows(Node x, Node positions) =>
        Ops.GatherElements(x, Ops.BroadcastTo(Ops.ExpandDims(positions, -1), x.Shape), x.Rank - 2);

    /// <summary>A cotangent of whole items, zero for items of which no result is alive.</summary>
    public static Cotangent Guarded(Node value, params ReadOnlySpan<Cotangent?> seeds)
    {
        Node? any = null;
        int batch = value.Rank - 2;
        foreach (var seed in seeds)
        {
            if (seed is null)
                continue;
            if (seed.Alive is not { } alive)
                return new(value);
            var item = Ops.Any(alive, [.. Enumerable.Range(batch, alive.Rank - batch)]);
            any = any is null ? item : Ops.Or(any, item);
        }
        var spread = Ops.BroadcastTo(Ops.ExpandDims(Ops.ExpandDims(any!, -1), -1), value.Shape);
        return new(Ops.Where(spread, value, Ops.ZerosLike(value)), spread);
    }
}
