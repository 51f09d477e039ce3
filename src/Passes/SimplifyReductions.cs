using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

public static partial class Simplify
{
    // The inner sum's axes are the operand's; the outer one counts among those that are left, unless they were kept.
    private static Sum Joined(Sum outer, Sum inner)
    {
        if (outer.KeepDims)
            return new(Axes.Of([.. outer.Axes.Union(inner.Axes).Order()]), true);
        int rank = outer.Axes.Concat(inner.Axes).Max() + outer.Axes.Count + inner.Axes.Count + 1;
        int[] left = [.. Enumerable.Range(0, rank).Where(a => !inner.Axes.Contains(a))];
        return new(Axes.Of([.. outer.Axes.Select(a => left[a]).Concat(inner.Axes).Order()]), false);
    }

    private static Node? SumOfRepeated(Node n)
    {
        if (!IsOverRepeated(n, out long count) || count > int.MaxValue)
            return null;
        var rest = WithoutReduced(n);
        return Make(new Multiply(), rest, Fill(rest, count));
    }

    private static Node? AnyOfRepeated(Node n) => IsOverRepeated(n, out long count) && count > 0 ? WithoutReduced(n) : null;

    // No reduced axis is one along which the operand is repeated, but some other is.
    private static Node? AnyBesideRepeated(Node n)
    {
        if (n is not (Any { Axes.Count: > 0 } any, [(Broadcast, [var x]) b]))
            return null;
        int added = b.Rank - x.Rank;
        int[] repeated = [.. Enumerable.Range(0, b.Rank).Where(a => a < added || x.Shape[a - added] != b.Shape[a])];
        if (repeated.Length == 0 || repeated.Any(a => any.Axes.Contains(a)))
            return null;
        var one = Make(new Any(Axes.Of([.. any.Axes.Select(a => a - added)]), true), x);
        var whole = Spread(one, b.Shape.Reduce(any.Axes, keepDims: true));
        return any.KeepDims ? whole : Reshaped(whole, n.Shape);
    }

    // Every reduced axis is one along which the operand is repeated a known number of times.
    private static bool IsOverRepeated(Node n, out long count)
    {
        count = 1;
        if (n is not (Reduction { Axes.Count: > 0 } reduction, [(Broadcast, [var x]) b]))
            return false;
        int added = b.Rank - x.Rank;
        foreach (int axis in reduction.Axes)
        {
            if ((axis >= added && x.Shape[axis - added] != Dim.One) || !b.Shape[axis].TryConstant(out long extent))
                return false;
            count *= extent;
        }
        return true;
    }

    // The operand of the broadcast, broadcast along those axes only that are not reduced.
    private static Node WithoutReduced(Node n)
    {
        var (reduction, broadcast) = ((Reduction)n.Op, n.Apply.Inputs[0]);
        var x = broadcast.Apply.Inputs[0];
        int added = broadcast.Rank - x.Rank;
        var own = Shape.Of(Enumerable.Range(added, x.Rank).Where(a => !reduction.Axes.Contains(a)).Select(a => x.Shape[a - added]));
        return Reshaped(Spread(Reshaped(x, own), broadcast.Shape.Reduce(reduction.Axes, keepDims: false)), n.Shape);
    }

    // Gradients of weights that every example of a batch meets. Both factors lie in memory with the axes summed over before their rows, so
    // these are longer matrices where they lie, and only one result is stored.
    private static Node? SumOfProducts(Node n)
    {
        if (n is not (Sum { Axes.Count: > 0 } sum, [(MatMul, [{ IsTransposed: true, Apply.Inputs: [var a] }, var b])])
            || !IsDense(a) || !IsDense(b))
            return null;
        int first = a.Rank - 2 - sum.Axes.Count;
        if (!sum.Axes.SequenceEqual(Enumerable.Range(first, sum.Axes.Count)))
            return null;
        Node Joined(Node x) =>
            Reshaped(x, Shape.Of([.. x.Shape.Take(first), Dim.Product(x.Shape.Skip(first).Take(sum.Axes.Count + 1)), x.Shape[-1]]));
        var rows = Joined(a);
        var order = Axes.Of([.. Enumerable.Range(0, first), first + 1, first]);
        return Reshaped(Make(new MatMul(), Make(new Transpose(order), rows), Joined(b)), n.Shape);
    }

    private static bool IsDense(Node x) => x.Op is Reshape or not View;
}
