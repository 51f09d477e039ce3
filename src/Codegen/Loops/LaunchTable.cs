using System.Collections.Immutable;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Kernels of one code over different tensors in one launch: it walks through a table with an entry for each, its arguments and its part
/// of the range. An optimiser's update of many small variables is one kernel, whatever their extents, and one launch.
/// </summary>
/// <remarks>
/// In memory: the number of entries, then per entry its header and its argument words. The range counts pieces of a grain each, so that
/// threads share out long entries as they do those with a launch of their own, to the same bits.
/// </remarks>
internal static class LaunchTable
{
    /// <summary>Words of an entry's header: its first piece, the units of a piece, and the units of its whole range.</summary>
    public const int First = 0, Grain = 1, Range = 2, HeaderWords = 3;

    // Stands for a number in which entries may differ.
    private static readonly Amount Open = new(0, int.MaxValue);

    /// <summary>
    /// What kernels in one table have in common: all but extents, and strides that are neither those of neighbours nor of one and the same
    /// element. Null where a kernel cannot be in one, since its error would not tell which entry failed.
    /// </summary>
    public static string? KeyOf(KernelPlan plan) => plan is not { Nest: { EntryWords: null } nest, Errors.IsEmpty: true } ? null
        : $"{plan.Arguments.Length} words\n{nest.Renumbered(_ => Open, (a, size) => a == new Amount(0) || a == new Amount(size) ? a : Open).Key}";

    /// <summary>Kernels with equal keys as entries of a table, in which numbers that are not the same in all are arguments.</summary>
    public static ImmutableArray<KernelPlan> Of(IReadOnlyList<KernelPlan> plans)
    {
        var numbers = plans.Select(NumbersOf).ToList();
        int[] differing = [.. Enumerable.Range(0, numbers[0].Count).Where(i => numbers.Exists(n => n[i] != numbers[0][i]))];
        int given = plans[0].Arguments.Length;
        return [.. plans.Select((plan, p) =>
        {
            int at = 0, word = given;
            Amount Next(Amount known) => Array.BinarySearch(differing, at++) >= 0 ? new(0, word++) : known;
            var nest = plan.Nest!.Renumbered(Next, (a, _) => Next(a)) with { EntryWords = given + differing.Length };
            return LoopLowering.With(plan, nest, [.. plan.Arguments, .. differing.Select(i => numbers[p][i] is { IsConstant: true } known
                ? new NumberArgument(Dim.Of(known.Constant)) : plan.Arguments[numbers[p][i].Word])]);
        })];
    }

    /// <summary>The argument block of a launch.</summary>
    /// <param name="entries">Per entry: its argument words, the grain and the extent of its range.</param>
    /// <param name="pieces">The range of the launch, whose grain is 1.</param>
    public static ImmutableArray<ArgWord> Block(IReadOnlyCollection<(ImmutableArray<ArgWord> Words, long Grain, long Range)> entries,
        out long pieces)
    {
        var block = ImmutableArray.CreateBuilder<ArgWord>();
        block.Add(ArgWord.Literal(entries.Count));
        pieces = 0;
        foreach (var (words, grain, range) in entries)
        {
            block.AddRange(ArgWord.Literal(pieces), ArgWord.Literal(grain), ArgWord.Literal(range));
            block.AddRange(words);
            pieces += (range + grain - 1) / grain;
        }
        return block.ToImmutable();
    }

    private static List<Amount> NumbersOf(KernelPlan plan)
    {
        var numbers = new List<Amount>();
        Amount Add(Amount a)
        {
            numbers.Add(a);
            return a;
        }
        plan.Nest!.Renumbered(Add, (a, _) => Add(a));
        return numbers;
    }
}
