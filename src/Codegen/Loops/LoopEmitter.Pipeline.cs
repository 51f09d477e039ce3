using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>A loop over lanes as a software pipeline of two stages.</content>
internal sealed partial class LoopEmitter
{
    /// <summary>Registers of lanes that a loop has at least: there is one round more than registers.</summary>
    private const int LeastRounds = 16;

    private RegionStages? StagesOfRound() => RangeIsLanes && Copies == 0 && !HasLoops && lanes.Count > 1 && stages.Length == 1
        && nest.EntryWords is null && !(nest.Lane is { IsConstant: true, Constant: var extent } && extent < LeastRounds * lanes.Count)
        ? RegionStages.Of(stages[0].Before, carried.Length) : null;

    // Each round computes the early stage for its own lanes and the late one for those of the round before; before the first and after the
    // last there are none, which masks leave out.
    private void EmitPipeline(RegionStages round, Expression first, Expression last)
    {
        using var scope = Pool.Scope();
        ParameterExpression i = coordinates[LaneLoop], count = Long(), before = Let(first), countBefore = Let(Number(0));
        ParameterExpression[] waiting = [.. round.Carried.Select(t => Pool.Rent(lanes.RegisterType(t)))];
        foreach (var local in waiting)
            Set(local, Default(local.Type));
        var named = waiting.Index().ToDictionary(w => carried.Length + w.Index, w => (Expression)w.Item);
        Set(i, first);
        While(LessThan(Subtract(i, countBefore), last), () =>
        {
            Set(count, Least(Let(Subtract(last, i)), Number(lanes.Count)));
            EmitSideBySide(round, new(bases, i, count, named, MayBeFull: true), new(bases, before, countBefore, named, MayBeFull: true));
            Set(before, i);
            Set(countBefore, count);
            Step(i, count);
        });
    }

    // Both stages advance in proportion to their lengths. What the early one leaves is handed over when the late one has read the last.
    private void EmitSideBySide(RegionStages round, Site here, Site before)
    {
        using var early = Pool.Apart();
        var first = Statements(() => EmitRegion(round.Early, lanes, here));
        using var late = Pool.Apart();
        var second = Statements(() => EmitRegion(round.Late, lanes, before));
        int length = first.Count - round.Carried.Length;
        for (int k = 0; k < second.Count; k++)
        {
            Code.AddRange(first[(length * k / second.Count)..(length * (k + 1) / second.Count)]);
            Code.Add(second[k]);
        }
        Code.AddRange(first[length..]);
    }
}
