using System.Numerics;

namespace Adjoint.Operations;

/// <summary>
/// In which order several operands of an Einstein sum meet, two at a time, so that the multiplications are few.
/// </summary>
internal static class EinsumOrder
{
    // Beyond this the best tree (3^n splits) is not worth finding.
    private const int Exact = 8;

    // What an extent counts for that only a call knows.
    private const double Unknown = 64;

    /// <summary>
    /// Pairs of positions in a list from which both are removed, and at whose end their product is put.
    /// </summary>
    public static IEnumerable<(int, int)> Of(IReadOnlyList<EinsumTerm> terms, int[] result)
    {
        var extents = terms.SelectMany(t => t.Labels.Zip(t.Value.Shape)).DistinctBy(p => p.First)
            .ToDictionary(p => p.First, p => p.Second.TryConstant(out long n) ? n : Unknown);
        var sets = terms.Select(t => t.Labels.ToHashSet()).ToList();
        double Work(HashSet<int> a, HashSet<int> b) => a.Union(b).Aggregate(1.0, (n, l) => n * extents[l]);
        return terms.Count <= Exact ? Pairs(Best(sets, result, Work), terms.Count) : Greedy(sets, result, Work);
    }

    /// <summary>A binary tree over operands, as the bits of those below.</summary>
    private sealed record Tree(uint Operands, double Work, Tree? Left = null, Tree? Right = null);

    // Of each set of operands the cheapest tree, from small sets to large.
    private static Tree Best(List<HashSet<int>> sets, int[] result, Func<HashSet<int>, HashSet<int>, double> work)
    {
        uint all = (1u << sets.Count) - 1;
        var best = new Tree[all + 1];
        HashSet<int> Left(uint members) => Remaining(sets.Where((_, i) => (members >> i & 1) != 0),
            sets.Where((_, i) => (members >> i & 1) == 0), result);
        HashSet<int>[] labels = [.. Enumerable.Range(0, (int)all + 1).Select(m => Left((uint)m))];
        for (uint m = 1; m <= all; m++)
        {
            if (BitOperations.IsPow2(m))
                best[m] = new(m, 0);
            for (uint part = (m - 1) & m; part > m - part; part = (part - 1) & m)
                if (best[part].Work + best[m - part].Work + work(labels[part], labels[m - part]) is var sum
                    && (best[m] is not { } known || sum < known.Work))
                    best[m] = new(m, sum, best[part], best[m - part]);
        }
        return best[all];
    }

    private static HashSet<int> Remaining(IEnumerable<HashSet<int>> members, IEnumerable<HashSet<int>> others,
        int[] result) =>
        [.. members.SelectMany(s => s).Intersect(others.SelectMany(s => s).Concat(result))];

    private static List<(int, int)> Pairs(Tree tree, int count)
    {
        var (list, pairs) = (Enumerable.Range(0, count).Select(i => 1u << i).ToList(), new List<(int, int)>());
        void Visit(Tree node)
        {
            if (node is not { Left: { } left, Right: { } right })
                return;
            Visit(left);
            Visit(right);
            var (i, j) = (list.IndexOf(left.Operands), list.IndexOf(right.Operands));
            pairs.Add((Math.Min(i, j), Math.Max(i, j)));
            list.Remove(left.Operands);
            list.Remove(right.Operands);
            list.Add(node.Operands);
        }
        Visit(tree);
        return pairs;
    }

    private static IEnumerable<(int, int)> Greedy(List<HashSet<int>> sets, int[] result, Func<HashSet<int>,
        HashSet<int>, double> work)
    {
        while (sets.Count > 1)
        {
            var (i, j) = (from a in Enumerable.Range(0, sets.Count) from b in Enumerable.Range(a + 1,
                sets.Count - a - 1) select (a, b)).MinBy(p => work(sets[p.a], sets[p.b]));
            var (left, right) = (sets[i], sets[j]);
            sets.RemoveAt(j);
            sets.RemoveAt(i);
            sets.Add(Remaining([left, right], sets, result));
            yield return (i, j);
        }
    }
}
