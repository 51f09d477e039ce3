using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// Brings scratch memory under a cap: what is kept across the most crowded launch, and costs little, is computed again from what is
/// kept anyway where it is read later. Results have the same bits, since the same ops run on the same operands.
/// </summary>
/// <remarks>
/// One value a round, the largest first, and the program is planned anew: a change stays only if the arena shrinks. After
/// T. Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016, where whole layers are run again; here only maps are.
/// </remarks>
internal sealed class Recomputation
{
    private const int MostRounds = 64;

    private readonly Func<Computation, LaunchPlan> plan;
    private readonly HashSet<Node> refused = [];
    private LaunchPlan best;
    private ArenaState state;

    private Recomputation(LaunchPlan first, Func<Computation, LaunchPlan> plan) => (this.plan, best, state) = (plan, first, new(first));

    /// <summary>A plan whose arena is no larger than the cap.</summary>
    /// <param name="first">The plan without recomputation.</param>
    /// <param name="cap">Bytes.</param>
    /// <param name="plan">Makes the plan of a changed computation.</param>
    /// <exception cref="GraphException">The least that was reached is more, or extents are symbols.</exception>
    public static LaunchPlan Under(long cap, LaunchPlan first, Func<Computation, LaunchPlan> plan)
    {
        var f = first.Fused.Computation;
        if (!f.Nodes.All(n => n.Shape.IsStatic))
            throw new GraphException($"computation '{f.Name}' has symbols in its shapes, so its bytes are not known when it is compiled.\n" +
                "  fix   give all extents as numbers where MemoryCap is set.");
        return new Recomputation(first, plan).Run(cap);
    }

    private LaunchPlan Run(long cap)
    {
        for (int round = 0; round < MostRounds && state.Bytes > cap; round++)
        {
            if (state.Crowd().FirstOrDefault(n => !refused.Contains(n)) is not { } value)
                break;
            if (!TryShrink(value))
                refused.Add(value);
        }
        return state.Bytes <= cap ? best : throw new GraphException(
            $"computation '{best.Fused.Computation.Name}' needs {state.Bytes} bytes of scratch memory at least, MemoryCap is {cap}.\n" +
            $"  fix   raise MemoryCap to {state.Bytes}, or compute on smaller batches.");
    }

    private bool TryShrink(Node value)
    {
        if (Recompute.Late(best.Fused.Computation, state.Cone(value), state.IsLate) is not { } changed)
            return false;
        var candidate = plan(changed);
        var then = new ArenaState(candidate);
        if (then.Bytes >= state.Bytes)
            return false;
        (best, state) = (candidate, then);
        refused.Clear();
        return true;
    }
}
