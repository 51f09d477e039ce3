namespace Adjoint.Laws.RandomGraphs;

/// <summary>How to build a random graph. Any numbers are a valid recipe, so that shrinking is dropping and lowering numbers.</summary>
/// <param name="Seed">Of the data, and of the choices that shrinking leaves alone: extents, dtype, register width.</param>
/// <param name="Steps">An op each, on values that exist already.</param>
public sealed record Recipe(int Seed, Step[] Steps)
{
    public IEnumerable<Recipe> Shrink()
    {
        for (int length = Steps.Length / 2; length > 0; length /= 2)
            for (int start = 0; start < Steps.Length; start += length)
                yield return this with { Steps = [.. Steps.Take(start), .. Steps.Skip(start + length)] };
        for (int i = 0; i < Steps.Length; i++)
            foreach (var smaller in Steps[i].Shrink())
                yield return this with { Steps = [.. Steps.Take(i), smaller, .. Steps.Skip(i + 1)] };
    }

    public override string ToString() => $"seed {Seed}: {string.Join("; ", Steps.Select(s => s.ToString()))}";
}

/// <summary>One op of a recipe.</summary>
/// <param name="Op">Which, modulo the number of ops.</param>
/// <param name="A">First operand: how far back, modulo how many there are.</param>
/// <param name="B">Second operand.</param>
/// <param name="C">Axis, extent or third operand.</param>
public readonly record struct Step(int Op, int A, int B, int C)
{
    public IEnumerable<Step> Shrink()
    {
        if (A > 0) yield return this with { A = 0 };
        if (B > 0) yield return this with { B = 0 };
        if (C > 0) yield return this with { C = 0 };
        if (Op > 0) yield return this with { Op = 0 };
    }

    public override string ToString() => $"({Op}, {A}, {B}, {C})";
}
