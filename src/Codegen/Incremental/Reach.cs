using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>Which launches of a program have to run again when an input has changed.</summary>
internal sealed class Reach
{
    private readonly CompiledProgram program;
    private readonly ImmutableArray<int> launched;
    private readonly List<MemoryPlace[]> touched;
    private readonly List<MemoryPlace[]> written;
    private readonly int[] unit;

    /// <param name="program">Its steps.</param>
    /// <param name="launched">The numbers of the steps that are launched.</param>
    public Reach(CompiledProgram program, ImmutableArray<int> launched)
    {
        (this.program, this.launched) = (program, launched);
        touched = [.. launched.Select(s => program.Steps[s].Touches.Select(b => program.Places[b]).Distinct().ToArray())];
        written = [.. launched.Select(s =>
            program.Steps[s].Group.Outputs.Select(o => program.Places[Storage.Owner(o.Buffer)]).Distinct().ToArray())];
        unit = Units();
    }

    /// <summary>The launches that the value of an input reaches, as a mark per launch.</summary>
    public bool[] OfInput(int input) => Closed(place => place == new MemoryPlace(PlaceKind.External, input));

    /// <summary>The launches that variables reach: a store may change between any two calls.</summary>
    public bool[] OfVariables() => Closed(place => place.Kind == PlaceKind.Parameter);

    private bool[] Closed(Func<MemoryPlace, bool> isChanged)
    {
        var (reached, units) = (new bool[launched.Length], new HashSet<int>());
        var changed = touched.SelectMany(t => t).Where(isChanged).ToHashSet();
        bool grows = changed.Count > 0;
        while (grows)
        {
            grows = false;
            for (int i = 0; i < reached.Length; i++)
                if (!reached[i] && (units.Contains(unit[i]) || touched[i].Any(changed.Contains)))
                {
                    reached[i] = grows = true;
                    units.Add(unit[i]);
                    changed.UnionWith(written[i]);
                }
        }
        return reached;
    }

    // Launches of one group, and those that write parts of one buffer or add to what another has put there, run together or not at all.
    private int[] Units()
    {
        int[] root = [.. Enumerable.Range(0, launched.Length)];
        int Root(int i) => root[i] == i ? i : root[i] = Root(root[i]);
        var first = new Dictionary<object, int>();
        for (int i = 0; i < root.Length; i++)
            foreach (object key in written[i].Cast<object>().Prepend(program.Steps[launched[i]].Group))
                root[Root(i)] = Root(first.TryGetValue(key, out int other) ? other : first[key] = i);
        return [.. Enumerable.Range(0, root.Length).Select(Root)];
    }
}
