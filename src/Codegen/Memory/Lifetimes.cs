using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>When an arena buffer holds values.</summary>
/// <param name="First">The first step that touches it, or the first of those beside which that one runs.</param>
/// <param name="Last">The last one, or the last of those beside it.</param>
/// <param name="Reuses">The buffer of equal size, dead after the first step, whose place it takes element by element; -1 for none.</param>
internal readonly record struct Lifetime(int First, int Last, int Reuses = -1);

/// <summary>Finds when arena buffers live and which may take another's place. One walk over what the steps touch.</summary>
internal sealed class Lifetimes
{
    private readonly IReadOnlyList<Launch> steps;
    private readonly MemoryPlaces places;
    private readonly List<Lifetime> found = [];
    private readonly HashSet<int> taken = [];
    private readonly (int First, int Last)[] waves;

    private Lifetimes(IReadOnlyList<Launch> steps, MemoryPlaces places) =>
        (this.steps, this.places, waves) = (steps, places, WavesOf(steps));

    /// <summary>The lifetimes, by arena number; places are given to what has none yet.</summary>
    /// <param name="steps">Launches in order.</param>
    /// <param name="places">Where tensors live.</param>
    /// <param name="reuse">Whether a result may overwrite an operand that nobody reads any more.</param>
    public static ImmutableArray<Lifetime> Of(IReadOnlyList<Launch> steps, MemoryPlaces places, bool reuse)
    {
        var lifetimes = new Lifetimes(steps, places);
        for (int s = 0; s < steps.Count; s++)
            lifetimes.Touch(s);
        for (int s = 0; s < steps.Count && reuse; s++)
            lifetimes.Reuse(s);
        return [.. lifetimes.found];
    }

    // Per step: the first and last of those that may run at the same time.
    private static (int First, int Last)[] WavesOf(IReadOnlyList<Launch> steps)
    {
        var waves = new (int First, int Last)[steps.Count];
        for (int first = 0, end; first < steps.Count; first = end)
        {
            for (end = first + 1; end < steps.Count && steps[end].Beside; end++) { }
            Array.Fill(waves, (first, end - 1), first, end - first);
        }
        return waves;
    }

    private void Touch(int step)
    {
        foreach (int i in InArena(step))
        {
            while (found.Count <= i)
                found.Add(new(int.MaxValue, -1));
            found[i] = new(Math.Min(found[i].First, waves[step].First), waves[step].Last);
        }
    }

    private void Reuse(int step)
    {
        foreach (var output in steps[step].Group.Outputs)
            if (output.Value == output.Buffer && places[output.Buffer] is { Kind: PlaceKind.Arena, Index: var made }
                && found[made].First == step)
            {
                found[made] = found[made] with { Reuses = Reusable(step, output, made) };
                taken.Add(found[made].Reuses);
            }
    }

    private IEnumerable<int> InArena(int step) => steps[step].Touches
        .Select(b => places[b]).Where(p => p.Kind == PlaceKind.Arena).Select(p => p.Index).Distinct();

    private int Reusable(int step, Passes.GroupOutput output, int made) =>
        InArena(step).Where(i => i != made && found[i].Last == step && found[i].First < step
            && places.Arena[i] is Node node && node.Shape == output.Buffer.Shape && node.DType.Size == output.Buffer.DType.Size
            && !taken.Contains(i) && InPlace.IsSafe(steps[step].Group, output, node)).DefaultIfEmpty(-1).First();
}
