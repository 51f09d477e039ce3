namespace Adjoint.Codegen;

/// <summary>When an arena buffer holds values.</summary>
/// <param name="First">The first step that touches it.</param>
/// <param name="Last">The last one.</param>
/// <param name="Reuses">The buffer of equal size, dead after the first step, whose place it takes element by element; -1 for none.</param>
internal readonly record struct Lifetime(int First, int Last, int Reuses = -1);

/// <summary>The lifetimes of arena buffers, and the bytes alive at the most crowded step as a formula in the symbols.</summary>
internal static class PeakMemory
{
    /// <summary>When each arena buffer lives, and whose place it takes, by arena number.</summary>
    public static Lifetime[] Lifetimes(CompiledProgram program)
    {
        var lifetimes = new List<Lifetime>();
        for (int s = 0; s < program.Steps.Length; s++)
            foreach (int i in InArena(program, s))
            {
                while (lifetimes.Count <= i)
                    lifetimes.Add(new(int.MaxValue, -1));
                lifetimes[i] = new(Math.Min(lifetimes[i].First, s), s);
            }
        var taken = new HashSet<int>();
        for (int s = 0; s < program.Steps.Length && !program.IsGuarded; s++)
            foreach (var output in program.Steps[s].Group.Outputs.Where(o => o.Value == o.Buffer))
                if (program.Places[output.Buffer] is { Kind: PlaceKind.Arena, Index: var made } && lifetimes[made].First == s)
                {
                    lifetimes[made] = lifetimes[made] with { Reuses = Reusable(program, s, output, made, lifetimes, taken) };
                    taken.Add(lifetimes[made].Reuses);
                }
        return [.. lifetimes];
    }

    private static IEnumerable<int> InArena(CompiledProgram program, int step) => program.Steps[step].Touches
        .Select(b => program.Places[b]).Where(p => p.Kind == PlaceKind.Arena).Select(p => p.Index).Distinct();

    private static int Reusable(
        CompiledProgram program, int step, Passes.GroupOutput output, int made, List<Lifetime> lifetimes, HashSet<int> taken) =>
        InArena(program, step).Where(i => i != made && lifetimes[i].Last == step && lifetimes[i].First < step
            && program.Places.Arena[i] is Node node && node.Shape == output.Buffer.Shape && node.DType.Size == output.Buffer.DType.Size
            && !taken.Contains(i) && InPlace.IsSafe(program.Steps[step].Group, output, node)).DefaultIfEmpty(-1).First();

    /// <summary>The largest sum of sizes alive at one step; where symbols leave it open which step that is, the candidates.</summary>
    public static string Of(CompiledProgram program)
    {
        var lifetimes = ArenaLayout.Places(Lifetimes(program));
        var alive = new HashSet<Dim>();
        var current = Dim.Zero;
        for (int s = 0; s < program.Steps.Length; s++)
        {
            foreach (var (first, _, b) in lifetimes)
                if (first == s)
                    current += MemoryPlaces.BytesOf(program.Places.Arena[b]);
            alive.Add(current);
            foreach (var (_, last, b) in lifetimes)
                if (last == s)
                    current -= MemoryPlaces.BytesOf(program.Places.Arena[b]);
        }
        var largest = alive.Where(a => !alive.Any(b => b != a && (b - a).TryConstant(out long more) && more > 0)).DefaultIfEmpty(Dim.Zero).ToList();
        return largest.Count == 1 ? largest[0].ToString() : $"max({string.Join(", ", largest.Take(8))}{(largest.Count > 8 ? ", ..." : "")})";
    }
}
