using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>
/// Elementwise ops on tensors that take turns are computed before these do, f(interleave x, y) = interleave f(x, every n-th of y):
/// what a pool gives back passes an activation in the kernel that makes it. Only where nobody else wants the interleaved tensor.
/// </summary>
public static class SinkInterleaves
{
    /// <summary>Tensors in turns, each of which gets code of its own, and maps that are taken apart one behind the other.</summary>
    private const int MostTurns = 16, MostDepth = 4;

    /// <summary>Moves what can be moved; the same object if nothing can.</summary>
    public static Computation Run(Computation f, PassContext context) =>
        f.Has<Interleave>() ? Sweep.Run(f, context, Sunk) : f;

    private static Node? Sunk(Sweep sweep, Apply apply)
    {
        if (apply is not { Op: Elementwise, Requirements.IsEmpty: true, Results.Length: 1 }
            || apply.Inputs.FirstOrDefault(x => sweep.HasOneReader(x) && IsInterleave(sweep.Built(x))) is not { } sunk)
            return null;
        var (interleave, turns) = sweep.Built(sunk);
        return Node.Of(interleave, apply.Origin, [.. turns.Select((_, k) =>
            Node.Of(apply.Op, apply.Origin, [.. apply.Inputs.Select(x => Turn(sweep, x, sweep.Built(sunk), k))]))]);
    }

    private static bool IsInterleave(Node x) => x is (Interleave, { Length: <= MostTurns });

    // What of an operand tensor number k meets. Maps that nobody else reads are computed there.
    private static Node Turn(Sweep sweep, Node x, Node interleaved, int k, int depth = 0)
    {
        var built = sweep.Built(x);
        var (op, turns) = interleaved;
        if (built.Op == op)
            return built.Apply.Inputs[k];
        if (built.SplatScalar is { } scalar)
            return Patterns.Spread(scalar, turns[k].Shape);
        if (x is (Elementwise map, var operands) && sweep.HasOneReader(x) && x.Apply.Requirements.IsEmpty && depth < MostDepth)
            return Node.Of(map, x.Apply.Origin, [.. operands.Select(y => Turn(sweep, y, interleaved, k, depth + 1))]);
        var place = ((Interleave)op).Place([.. turns.Select(t => t.Type)], interleaved.Type)[k];
        return Ops.Slice(built, Shape.Of(place.Start), turns[k].Shape, [.. place.Step.Select(s => (int)s)]);
    }
}
