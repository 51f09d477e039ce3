namespace Adjoint.Operations;

/// <summary>A tensor and the label of each of its axes.</summary>
internal sealed record EinsumTerm(Node Value, int[] Labels);

/// <summary>
/// An equation that has been checked against its operands. Labels are letters,
/// and negative numbers for the axes of an ellipsis, counted from its end.
/// </summary>
/// <param name="Operands">Labels of each operand.</param>
/// <param name="Result">Labels of the result.</param>
/// <param name="Extents">What each label stands for; 1 only where it is 1 everywhere.</param>
internal sealed record EinsumEquation(int[][] Operands, int[] Result, IReadOnlyDictionary<int, Dim> Extents)
{
    /// <summary>Reads an equation.</summary>
    /// <exception cref="GraphException">It does not fit the operands.</exception>
    public static EinsumEquation Parse(string equation, Node[] x, Origin origin)
    {
        GraphException Error(string problem) => GraphException.For("einsum", [.. x], origin, $"'{equation}': {problem}",
            "write letters for axes, commas between operands and -> before the result, e.g. 'ij,jk->ik'");
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != x.Length)
            throw Error($"{terms.Length} terms for {x.Length} operands");
        int[][] operands = [.. terms.Select((t, i) => Labels(t, x[i].Rank, Error))];
        int ellipsis = operands.SelectMany(o => o).Where(l => l < 0).Select(l => -l).DefaultIfEmpty(0).Max();
        int[] result = sides.Length == 2 ? Labels(sides[1], sides[1].Replace("...", "",
            StringComparison.Ordinal).Length + ellipsis, Error) : Implicit(operands, ellipsis);
        if (result.Distinct().Count() < result.Length || result.Except(operands.SelectMany(o => o)).Any())
            throw Error("the result names a letter twice, or one that no operand has");
        return new(operands, result, ExtentsOf(operands, x, Error));
    }

    private static int[] Labels(string term, int rank, Func<string, GraphException> error)
    {
        int at = term.IndexOf("...", StringComparison.Ordinal);
        string letters = at < 0 ? term : term.Remove(at, 3);
        int rest = rank - letters.Length;
        if (!letters.All(char.IsAsciiLetter) || rest < 0 || (at < 0 && rest > 0))
            throw error($"'{term}' does not label {rank} axes");
        return [.. letters.Take(Math.Max(at, 0)).Select(c => (int)c),
            .. Enumerable.Range(0, rest).Select(i => i - rest), .. letters.Skip(Math.Max(at, 0)).Select(c => (int)c)];
    }

    private static int[] Implicit(int[][] operands, int ellipsis) =>
    [
        .. Enumerable.Range(0, ellipsis).Select(i => i - ellipsis),
        .. operands.SelectMany(o => o).Where(l => l > 0).CountBy(l => l).Where(c => c.Value == 1).Select(c =>
            c.Key).Order(),
    ];

    private static Dictionary<int, Dim> ExtentsOf(int[][] operands, Node[] x, Func<string, GraphException> error)
    {
        var extents = new Dictionary<int, Dim>();
        foreach (var (labels, operand) in operands.Zip(x))
            foreach (var (label, extent) in labels.Zip(operand.Shape))
            {
                var known = extents.GetValueOrDefault(label, Dim.One);
                if (known != Dim.One && extent != Dim.One && known != extent && (known - extent).IsConstant)
                    throw error($"{(label > 0 ? $"'{(char)label}'"
                        : "an axis of ...")} stands for {known} and for {extent}");
                extents[label] = known == Dim.One ? extent : known;
            }
        return extents;
    }
}
