namespace Adjoint;

/// <summary>Numbers of elements, ascending: which elements of x something depends on. Immutable, shared where equal.</summary>
public sealed class ElementSet
{
    private readonly int[] elements;

    internal ElementSet(int[] elements) => this.elements = elements;

    /// <summary>No elements.</summary>
    public static ElementSet Empty { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => elements.Length;

    /// <summary>The numbers, ascending.</summary>
    public ReadOnlySpan<int> Elements => elements;
}

/// <summary>Unites sets of numbers below a limit, each in time linear in what it is made of.</summary>
internal sealed class SetUnion(int limit)
{
    private readonly int[] seen = new int[limit];
    private readonly List<int> found = [];
    private int turn;

    /// <summary>The union; one of the sets themselves where that holds all others.</summary>
    public ElementSet Of(IEnumerable<ElementSet> sets)
    {
        ElementSet[] all = [.. sets];   // what makes them may unite sets too
        var largest = ElementSet.Empty;
        turn++;
        found.Clear();
        ElementSet? last = null;
        foreach (var set in all)
        {
            if (set == last || set.Count == 0)
                continue;
            Take(set);
            (last, largest) = (set, set.Count > largest.Count ? set : largest);
        }
        return found.Count == largest.Count ? largest : Sorted();
    }

    private void Take(ElementSet set)
    {
        foreach (int e in set.Elements)
            if (seen[e] != turn)
            {
                seen[e] = turn;
                found.Add(e);
            }
    }

    private ElementSet Sorted()
    {
        int[] elements = [.. found];
        Array.Sort(elements);
        return new(elements);
    }
}
