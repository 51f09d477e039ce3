using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>Sums of products in Einstein's notation: <c>"bik,bkj->bij"</c> is a batch of matrix products.</summary>
    /// <param name="equation"> A letter per axis, operands separated by commas. A letter that comes twice in an operand
    /// is a diagonal; <c>...</c> stands for axes that broadcast. Letters missing behind <c>-&gt;</c> are summed over;
    /// without an arrow the result has <c>...</c> and then, in alphabetical order, the letters that come once.
    /// </param>
    /// <param name="x">The operands, of one number type.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <remarks>Several operands meet two at a time, in the order of least work: exact for up to eight, greedy
    /// beyond.</remarks>
    /// <exception cref="GraphException">The equation does not fit the operands.</exception>
    public static Node Einsum(string equation, ReadOnlySpan<Node> x,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        Node[] operands = x.ToArray();
        using (Origin.Under(origin))
        {
            var parsed = EinsumEquation.Parse(equation, operands, origin);
            return Call.Of("einsum", origin, [.. operands], inputs => Einsum(parsed, inputs));
        }
    }

    private static Node Einsum(EinsumEquation equation, IReadOnlyList<Node> x)
    {
        var single = x.Select((operand, i) => Single(new(operand, equation.Operands[i]), equation)).ToList();
        var uses = single.SelectMany(t => t.Labels).Concat(equation.Result).CountBy(l => l).ToDictionary();
        var terms = single.ConvertAll(t => Summed(t, label => uses[label] == 1));
        foreach (var (i, j) in EinsumOrder.Of(terms, equation.Result))
        {
            var (a, b) = (terms[i], terms[j]);
            terms.RemoveAt(Math.Max(i, j));
            terms.RemoveAt(Math.Min(i, j));
            var (left, right) = IsAhead(b, a, equation.Result) ? (b, a) : (a, b);
            terms.Add(Meet(left, right, terms.SelectMany(t => t.Labels).Concat(equation.Result), equation.Result));
        }
        return InOrder(terms[0].Value, [.. equation.Result.Select(label => Array.IndexOf(terms[0].Labels, label))]);
    }

    // Diagonals, and no axes of extent 1 where others have more.
    private static EinsumTerm Single(EinsumTerm term, EinsumEquation equation)
    {
        var (value, labels) = (term.Value, term.Labels.ToList());
        while (labels.Find(l => labels.Count(m => m == l) > 1) is not 0 and var twice)
        {
            int first = labels.IndexOf(twice), second = labels.LastIndexOf(twice);
            value = Diagonal(value, 0, first, second);
            labels = [.. labels.Where((_, a) => a != first && a != second), twice];
        }
        Axes ones = [.. Enumerable.Range(0, labels.Count).Where(a => value.Shape[a] == Dim.One
            && equation.Extents[labels[a]] != Dim.One)];
        return new(Squeeze(value, ones), [.. labels.Where((_, a) => !ones.Contains(a))]);
    }

    // What nobody else has is summed over at once.
    private static EinsumTerm Summed(EinsumTerm term, Func<int, bool> isLonely)
    {
        Axes lonely = [.. Enumerable.Range(0, term.Labels.Length).Where(a => isLonely(term.Labels[a]))];
        return lonely.Count == 0 ? term : new(Sum(term.Value, lonely),
            [.. term.Labels.Where((_, a) => !lonely.Contains(a))]);
    }

    // Whether what a term alone has comes before what another alone has in the result: then the product lies as it is wanted.
    private static bool IsAhead(EinsumTerm term, EinsumTerm of, int[] result)
    {
        int First(EinsumTerm t, EinsumTerm other) => Array.FindIndex(result, l => t.Labels.Contains(l)
            && !other.Labels.Contains(l));
        var (first, second) = (First(term, of), First(of, term));
        return first >= 0 && first < second;
    }

    private static EinsumTerm Meet(EinsumTerm a, EinsumTerm b, IEnumerable<int> elsewhere, int[] result)
    {
        var wanted = elsewhere.ToHashSet();
        int[] both = [.. a.Labels.Intersect(b.Labels).OrderBy(l => Array.IndexOf(result, l))],
            shared = [.. both.Where(wanted.Contains)], summed = [.. both.Except(shared)];
        Axes In(EinsumTerm term, int[] labels) => [.. labels.Select(l => Array.IndexOf(term.Labels, l))];
        return new(DotGeneral(a.Value, b.Value, In(a, summed), In(b, summed), In(a, shared), In(b, shared)),
            [.. shared, .. a.Labels.Except(both), .. b.Labels.Except(both)]);
    }
}
