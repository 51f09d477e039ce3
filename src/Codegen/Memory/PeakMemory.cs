namespace Adjoint.Codegen;

/// <summary>The bytes alive at the most crowded step, as a formula in the symbols.</summary>
internal static class PeakMemory
{
    /// <summary>The largest sum of sizes alive at one step; where symbols leave it open which step that is, the candidates.</summary>
    public static string Of(CompiledProgram program)
    {
        var largest = Largest(Alive(program));
        return largest.Count == 1 ? largest[0].ToString()
            : $"max({string.Join(", ", largest.Take(8))}{(largest.Count > 8 ? ", ..." : "")})";
    }

    // Bytes alive at each step at which something is born.
    private static IEnumerable<Dim> Alive(CompiledProgram program)
    {
        var places = ArenaLayout.Places(program.Lifetimes);
        var born = places.ToLookup(p => p.First, p => p.Buffer);
        var dies = places.ToLookup(p => p.Last, p => p.Buffer);
        Dim Bytes(IEnumerable<int> buffers) => buffers.Aggregate(Dim.Zero, (sum, b) => sum + MemoryPlaces.BytesOf(program.Places.Arena[b]));
        var alive = Dim.Zero;
        for (int s = 0; s < program.Steps.Length; s++)
        {
            alive += Bytes(born[s]);
            yield return alive;
            alive -= Bytes(dies[s]);
        }
    }

    // Formulas that differ by a number only are compared by that number.
    private static List<Dim> Largest(IEnumerable<Dim> alive)
    {
        var largest = new Dictionary<Dim, (int Order, long Number)>();
        foreach (var sum in alive)
        {
            var rest = sum - sum.ConstantTerm;
            if (!largest.TryGetValue(rest, out var known))
                largest.Add(rest, (largest.Count, sum.ConstantTerm));
            else if (known.Number < sum.ConstantTerm)
                largest[rest] = known with { Number = sum.ConstantTerm };
        }
        if (largest.Count > 1 && largest.TryGetValue(Dim.Zero, out var plain) && plain.Number == 0)
            largest.Remove(Dim.Zero);
        return Undominated(largest.OrderBy(l => l.Value.Order).Select(l => l.Key + l.Value.Number).DefaultIfEmpty(Dim.Zero));
    }

    // Without those that another one exceeds whatever the symbols are.
    private static List<Dim> Undominated(IEnumerable<Dim> sums)
    {
        var kept = new List<Dim>();
        foreach (var sum in sums)
        {
            if (kept.Exists(k => (k - sum).IsPlainlyNatural))
                continue;
            kept.RemoveAll(k => (sum - k).IsPlainlyNatural);
            kept.Add(sum);
        }
        return kept;
    }
}
