namespace Adjoint;

/// <summary>
/// What an op sees when it says which elements of x each element of its results depends on: the sets of its operands' elements, and the
/// values of operands that are known. Extents are numbers here. See <see cref="Op.Depend"/>.
/// </summary>
public sealed class Dependence
{
    private readonly DependenceSweep sweep;
    private readonly ElementSet[]?[] operands;
    private readonly ElementSet[]?[] results;

    internal Dependence(DependenceSweep sweep, Apply apply, ElementSet[]?[] operands) =>
        (this.sweep, Apply, this.operands, results) = (sweep, apply, operands, new ElementSet[]?[apply.Results.Length]);

    /// <summary>The application in question.</summary>
    public Apply Apply { get; }

    internal IReadOnlyList<ElementSet[]?> Results => results;

    /// <summary>Whether any element of an operand depends on x.</summary>
    public bool IsActive(int input) => operands[input] is not null;

    /// <summary>The operands of which some element depends on x.</summary>
    public IEnumerable<int> Active => Enumerable.Range(0, operands.Length).Where(IsActive);

    /// <summary>What an operand's element (row-major) depends on.</summary>
    public ElementSet Of(int input, int element) => operands[input] is { } sets ? sets[element] : ElementSet.Empty;

    /// <summary>What all elements of an operand together depend on.</summary>
    public ElementSet OfAll(int input) => operands[input] is { } sets ? Union(sets) : ElementSet.Empty;

    /// <summary>The union of sets.</summary>
    public ElementSet Union(IEnumerable<ElementSet> sets) => sweep.Union.Of(sets);

    /// <summary>States what a result's element (row-major) depends on; nothing unless stated.</summary>
    public void Set(int result, int element, ElementSet set)
    {
        if (set.Count == 0)
            return;
        var sets = results[result] ??= Nothing(Count(Apply.Results[result]));
        sets[element] = set;
    }

    /// <summary>States one set for all elements of all results.</summary>
    public void SetAll(ElementSet set)
    {
        for (int r = 0; r < results.Length && set.Count > 0; r++)
            Array.Fill(results[r] ??= new ElementSet[Count(Apply.Results[r])], set);
    }

    /// <summary>States that the results are those of a body whose inputs are the operands.</summary>
    internal void SetBody(Computation body)
    {
        var found = sweep.Through(body, operands, ValueOf);
        for (int r = 0; r < results.Length; r++)
            results[r] = found[r];
    }

    /// <summary>The value of an operand where it follows from constants and known inputs; else null.</summary>
    public HostTensor? ValueOf(int input) => sweep.ValueOf(Apply.Inputs[input]);

    /// <summary>The number of elements of a node.</summary>
    public static int Count(Node node) => checked((int)node.Shape.ElementCount.Constant);

    /// <summary>The extents of a node.</summary>
    public static long[] Extents(Node node) => node.Shape.Evaluate(new Dictionary<string, long>());

    private static ElementSet[] Nothing(int count)
    {
        var sets = new ElementSet[count];
        Array.Fill(sets, ElementSet.Empty);
        return sets;
    }
}
