using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>
/// Derivative requests become subgraphs, on the graph as written: twins have not met yet, so that a derivative with
/// respect to one of two equal nodes means that one. Requests inside the operands of others are expanded first, which
/// makes derivatives of any order.
/// </summary>
public static class Differentiate
{
    /// <summary>Expands every <see cref="Pullback"/> and <see cref="Pushforward"/>.</summary>
    /// <exception cref="GraphException">An op on the way has no rule; names it and its line.</exception>
    public static Computation Run(Computation f, CancellationToken cancellationToken = default)
    {
        var calls = new Dictionary<Apply, Inlining>();
        return Rewriter.Run(f, new()
        {
            Replace = apply => apply.Op is DerivativeRequest ? Expand(apply, calls, cancellationToken) : default,
            MergeTwins = false,
            InheritOrigins = false,
            CancellationToken = cancellationToken,
        });
    }

    private static ImmutableArray<Node> Expand(Apply request, Dictionary<Apply, Inlining> calls, CancellationToken token)
    {
        var x = request.Inputs;
        switch (request.Op)
        {
            case Pullback(var n):
                return ReverseSweep.Run(x[..n], x[n..(2 * n)], x[(2 * n)..], new(request.Origin, calls, token));
            case Pushforward(var n):
                int m = (x.Length - n) / 2;
                return ForwardSweep.Run(x[..n], x[n..(n + m)], x[(n + m)..], new(request.Origin, calls, token));
            default:
                throw new GraphException($"{request.Op.Name} at {request.Origin} is a derivative request that no pass expands.");
        }
    }
}

/// <summary>What a sweep needs besides nodes.</summary>
/// <param name="Origin">Where the derivative was asked for.</param>
/// <param name="Calls">Calls opened so far, shared by all requests of a computation.</param>
/// <param name="CancellationToken">Stops the work, between applications.</param>
internal sealed record SweepContext(Origin Origin, Dictionary<Apply, Inlining> Calls, CancellationToken CancellationToken);
