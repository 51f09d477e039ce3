using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Sums of products over any axes: <c>y[b.., i.., j..] = sum over p.. of a[b, i, p] *
    /// b[b, p, j]</c>, whichever axes are shared (b), free (i, j) or summed (p). A matrix
    /// product of transposed views; where nothing is summed, a product of elements.
    /// </summary>
    /// <param name="a">A tensor of numbers.</param>
    /// <param name="b">Another one of the same type.</param>
    /// <param name="summedA">Axes of <paramref name="a"/> to sum over; negative ones count from the end.</param>
    /// <param name="summedB">Their partners in <paramref name="b"/>, in the same order.</param>
    /// <param name="sharedA">Axes of <paramref name="a"/> that stay and are the same as axes of <paramref name="b"/>;
    /// none by default.</param>
    /// <param name="sharedB">Their partners in <paramref name="b"/>.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A tensor of shape [shared.., free of a.., free of b..].</returns>
    /// <exception cref="GraphException">Axes do not exist, come twice or have no partner, or partners differ in
    /// extent.</exception>
    public static Node DotGeneral(Node a, Node b, Axes summedA, Axes summedB, Axes? sharedA = null,
        Axes? sharedB = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        int[] Named(Node x, Axes? axes) => [.. (axes ?? []).Select(axis =>
            AxisOf("dot-general", x, axis, x.Rank, origin))];
        var (shared, summed) = ((A: Named(a, sharedA), B: Named(b, sharedB)),
            (A: Named(a, summedA), B: Named(b, summedB)));
        if (shared.A.Length != shared.B.Length || summed.A.Length != summed.B.Length
            || shared.A.Concat(summed.A).Distinct().Count() < shared.A.Length + summed.A.Length
            || shared.B.Concat(summed.B).Distinct().Count() < shared.B.Length + summed.B.Length)
            throw GraphException.For("dot-general", [a, b], origin, "axes come twice or have no partner",
                "list as many distinct axes of one operand as of the other");
        foreach (var (m, n) in shared.A.Concat(summed.A).Zip(shared.B.Concat(summed.B)))
            if (a.Shape[m] != b.Shape[n] && (a.Shape[m] - b.Shape[n]).IsConstant)
                throw GraphException.For("dot-general", [a, b], origin,
                    $"axis {m} of x[0] has {a.Shape[m]}, axis {n} of x[1] has {b.Shape[n]}",
                        "pair axes of the same extent");
        return summed.A.Length == 0 ? ProductOf(a, b, shared.A, shared.B) : SumOfProducts(a, b, shared, summed);
    }

    private static int[] Free(Node x, int[] shared, int[] summed) =>
        [.. Enumerable.Range(0, x.Rank).Except(shared).Except(summed)];

    private static Node InOrder(Node x, params ReadOnlySpan<int> order) =>
        order.SequenceEqual(Enumerable.Range(0, x.Rank).ToArray()) ? x : Transpose(x, Axes.Of(order));

    // Several axes of a kind count as one: where they follow each other in memory, that costs nothing.
    private static Node SumOfProducts(Node a, Node b, (int[] A, int[] B) shared, (int[] A, int[] B) summed)
    {
        var pairs = summed.A.Zip(summed.B).Order().ToList();
        summed = ([.. pairs.Select(p => p.First)], [.. pairs.Select(p => p.Second)]);
        int[] rows = Free(a, shared.A, summed.A), columns = Free(b, shared.B, summed.B);
        Dim[] batch = [.. shared.A.Select(i => a.Shape[i])];
        Dim Count(Node x, int[] axes) => axes.Aggregate(Dim.One, (n, i) => n * x.Shape[i]);
        var left = Reshape(InOrder(a, [.. shared.A, .. rows, .. summed.A]),
            [.. batch, Count(a, rows), Count(a, summed.A)]);
        var right = Reshape(InOrder(b, [.. shared.B, .. summed.B, .. columns]),
            [.. batch, Count(b, summed.B), Count(b, columns)]);
        return Reshape(MatMul(left, right), [.. batch, .. rows.Select(i => a.Shape[i]),
            .. columns.Select(i => b.Shape[i])]);
    }

    private static Node ProductOf(Node a, Node b, int[] sharedA, int[] sharedB)
    {
        int[] rows = Free(a, sharedA, []), columns = Free(b, sharedB, []);
        var left = InOrder(a, [.. sharedA, .. rows]);
        var right = InOrder(b, [.. sharedB, .. columns]);
        return Reshape(left, [.. left.Shape, .. columns.Select(_ => Dim.One)])
            * Reshape(right, [.. right.Shape.Take(sharedB.Length), .. rows.Select(_ => Dim.One),
                .. right.Shape.Skip(sharedB.Length)]);
    }
}
