using FsCheck;
using FsCheck.Fluent;

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

/// <summary>Recipes at random, held against a law.</summary>
public static class Recipes
{
    private static readonly Gen<Step> Steps =
        from op in Gen.Choose(0, 1 << 20)
        from a in Gen.Choose(0, 5)
        from b in Gen.Choose(0, 7)
        from c in Gen.Choose(0, 5)
        select new Step(op, a, b, c);

    /// <summary>Demands that the law holds for as many recipes; of one that breaks it, the smallest that still does is reported.</summary>
    public static void Check(int steps, int count, ulong seed, Action<Recipe> law)
    {
        var recipes = Arb.From(
            from number in Gen.Choose(0, int.MaxValue - 1)
            from length in Gen.Choose(1, steps)
            from made in Gen.ArrayOf(Steps, length)
            select new Recipe(number, made), r => r.Shrink());
        var replay = new Replay(new Rnd(seed, seed | 1), null);
        Prop.ForAll(recipes, law).Check(Config.QuickThrowOnFailure.WithMaxTest(count)
            .WithReplay(Microsoft.FSharp.Core.FSharpOption<Replay>.Some(replay)).WithQuietOnSuccess(true));
    }
}
