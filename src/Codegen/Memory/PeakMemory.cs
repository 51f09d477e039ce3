namespace Adjoint.Codegen;

/// <summary>The lifetimes of arena buffers, and the bytes alive at the most crowded step as a formula in the symbols.</summary>
internal static class PeakMemory
{
    /// <summary>First and last step that touch each arena buffer, by arena number.</summary>
    public static (int First, int Last)[] Lifetimes(CompiledProgram program)
    {
        var lifetimes = new List<(int First, int Last)>();
        for (int s = 0; s < program.Steps.Length; s++)
            foreach (object buffer in program.Steps[s].Touches)
                if (program.Places[buffer] is { Kind: PlaceKind.Arena, Index: var i })
                {
                    while (lifetimes.Count <= i)
                        lifetimes.Add((int.MaxValue, -1));
                    lifetimes[i] = (Math.Min(lifetimes[i].First, s), s);
                }
        return [.. lifetimes];
    }

    /// <summary>The largest sum of sizes alive at one step; where symbols leave it open which step that is, the candidates.</summary>
    public static string Of(CompiledProgram program)
    {
        var lifetimes = Lifetimes(program);
        var alive = new HashSet<Dim>();
        var current = Dim.Zero;
        for (int s = 0; s < program.Steps.Length; s++)
        {
            for (int b = 0; b < lifetimes.Length; b++)
                if (lifetimes[b].First == s)
                    current += MemoryPlaces.BytesOf(program.Places.Arena[b]);
            alive.Add(current);
            for (int b = 0; b < lifetimes.Length; b++)
                if (lifetimes[b].Last == s)
                    current -= MemoryPlaces.BytesOf(program.Places.Arena[b]);
        }
        var largest = alive.Where(a => !alive.Any(b => b != a && (b - a).TryConstant(out long more) && more > 0)).DefaultIfEmpty(Dim.Zero).ToList();
        return largest.Count == 1 ? largest[0].ToString() : $"max({string.Join(", ", largest.Take(8))}{(largest.Count > 8 ? ", ..." : "")})";
    }
}
