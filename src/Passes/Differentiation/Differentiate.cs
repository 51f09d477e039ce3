using System.Collections.Immutable;
using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// Requests, of derivatives and of batches, become subgraphs, on the graph as written: twins have not met yet, so that a derivative with
/// respect to one of two equal nodes means that one. Requests inside the operands of others are expanded first, which
/// makes derivatives of any order.
/// </summary>
public static class Differentiate
{
    /// <summary>Expands every <see cref="Pullback"/>, <see cref="Pushforward"/> and <see cref="BatchRequest"/>.</summary>
    /// <exception cref="GraphException">An op on the way has no rule; names it and its line.</exception>
    public static Computation Run(Computation f, CancellationToken cancellationToken = default)
    {
        if (!f.Has<DerivativeRequest>())
            return f;
        var calls = new Dictionary<Apply, Inlining>();
        var result = Rewriter.Run(f, new()
        {
            Replace = apply => apply.Op is DerivativeRequest and not Example ? Expand(apply, calls, cancellationToken) : default,
            MergeTwins = false,
            InheritOrigins = false,
            CancellationToken = cancellationToken,
        });
        DemandNoExample(result);
        return result;
    }

    private static void DemandNoExample(Computation f)
    {
        foreach (var apply in f.Applies)
            if (apply.Op is Example)
                throw new GraphException($"an example of the vmap at {apply.Origin} is used outside the function that it was given to.\n" +
                    "  fix   return what you need from that function.");
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
            case BatchRequest vmap:
                return Batch(vmap, x, token);
            default:
                throw new GraphException($"{request.Op.Name} at {request.Origin} is a derivative request that no pass expands.");
        }
    }

    private static ImmutableArray<Node> Batch(BatchRequest vmap, ImmutableArray<Node> x, CancellationToken token)
    {
        var (n, m) = (vmap.Outputs, vmap.In.Count);
        var extent = x[n + m].Shape[vmap.In[0]];
        // Extents that only a call shows to be equal are one extent from here on.
        ImmutableArray<Node> batches = [.. x[(n + m)..]
            .Select((b, i) => Ops.Reshape(Batching.Move(b, vmap.In[i], 0), [extent, .. x[n + i].Shape]))];
        var results = BatchSweep.Run(x[..n], x[n..(n + m)], batches, extent, token);
        return [.. results.Select((y, i) => Batching.Move(y, 0, vmap.Out[i]))];
    }
}

/// <summary>What a sweep needs besides nodes.</summary>
/// <param name="Origin">Where the derivative was asked for.</param>
/// <param name="Calls">Calls opened so far, shared by all requests of a computation.</param>
/// <param name="CancellationToken">Stops the work, between applications.</param>
internal sealed record SweepContext(Origin Origin, Dictionary<Apply, Inlining> Calls, CancellationToken CancellationToken);
