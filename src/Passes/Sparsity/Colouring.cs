using System.Collections.Immutable;

namespace Adjoint;

/// <summary>
/// Which columns of a sparse matrix of derivatives are computed in one sweep: those of one colour. Greedy, columns with most elements
/// first or in order, whichever takes fewer colours. After A. Gebremedhin, F. Manne, A. Pothen, "What Color Is Your Jacobian?", SIAM
/// Review 47(4), 2005.
/// </summary>
public static class Colouring
{
    /// <summary>A colour per column so that no row has two elements of one colour: then each sweep gives every element of its columns by
    /// itself (A. Curtis, M. Powell, J. Reid, 1974).</summary>
    public static ImmutableArray<int> OfColumns(SparsityPattern pattern)
    {
        var rows = pattern.Transpose();   // row c: the rows that column c meets
        return Fewest(rows, (c, colour, forbid) =>
        {
            foreach (int r in rows.Row(c))
                foreach (int other in pattern.Row(r))
                    forbid(colour[other]);
        });
    }

    /// <summary>
    /// A colour per column of a symmetric matrix so that every element, or its mirror image, stands alone: neighbours differ, and every
    /// path of four columns has three colours (a star colouring). It needs fewer colours than <see cref="OfColumns"/>.
    /// </summary>
    /// <param name="pattern">Symmetric.</param>
    public static ImmutableArray<int> OfSymmetric(SparsityPattern pattern) => Fewest(pattern, (v, colour, forbid) =>
    {
        foreach (int w in pattern.Row(v))
            if (w != v)
            {
                forbid(colour[w]);
                ForbidBehind(pattern, v, w, colour, forbid);
            }
    });

    /// <summary>How many colours a colouring has.</summary>
    public static int Count(ImmutableArray<int> colours) => colours.IsEmpty ? 0 : colours.Max() + 1;

    // v - w - x: if w has no colour yet, v and x must differ; else only where x has another neighbour of w's colour.
    private static void ForbidBehind(SparsityPattern pattern, int v, int w, int[] colour, Action<int> forbid)
    {
        foreach (int x in pattern.Row(w))
        {
            if (x == v || x == w || colour[x] < 0)
                continue;
            if (colour[w] < 0 || HasOther(pattern, x, w, colour))
                forbid(colour[x]);
        }
    }

    private static bool HasOther(SparsityPattern pattern, int x, int w, int[] colour)
    {
        foreach (int y in pattern.Row(x))
            if (y != w && y != x && colour[y] == colour[w])
                return true;
        return false;
    }

    private static ImmutableArray<int> Fewest(SparsityPattern neighbours, Action<int, int[], Action<int>> forbidden)
    {
        int n = neighbours.Rows;
        var inOrder = Greedy(Enumerable.Range(0, n), n, forbidden);
        var largestFirst = Greedy(Enumerable.Range(0, n).OrderByDescending(c => neighbours.Row(c).Length), n, forbidden);
        return Count(largestFirst) < Count(inOrder) ? largestFirst : inOrder;
    }

    private static ImmutableArray<int> Greedy(IEnumerable<int> order, int count, Action<int, int[], Action<int>> forbidden)
    {
        var (colour, taken) = (new int[count], new int[count + 1]);   // taken[c] = v + 1: colour c is forbidden for column v
        Array.Fill(colour, -1);
        int column = 0;
        void Forbid(int c)
        {
            if (c >= 0)
                taken[c] = column + 1;
        }
        foreach (int v in order)
        {
            column = v;
            forbidden(v, colour, Forbid);
            colour[v] = Array.FindIndex(taken, t => t != v + 1);
        }
        return [.. colour];
    }
}
