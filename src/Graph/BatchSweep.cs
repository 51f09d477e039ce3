using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>
/// Applies a graph to a batch: each application that depends on
/// a mapped node is replaced, once, by its op's batching rule.
/// </summary>
internal sealed class BatchSweep
{
    private readonly Dictionary<Node, Node> batched = [];
    private readonly Dim extent;

    private BatchSweep(Dim extent) => this.extent = extent;

    /// <summary>The values of <paramref name="y"/> for a batch of values of <paramref name="x"/>.</summary>
    /// <param name="y">What is computed from x for one example.</param>
    /// <param name="x">Nodes that differ from example to example.</param>
    /// <param name="batch">Their values, with the batch as leading axis.</param>
    /// <param name="extent">How many examples there are.</param>
    /// <param name="token">Stops the work, between applications.</param>
    /// <returns>A node per y, with the batch as leading axis; one that does not depend on x is repeated.</returns>
    /// <exception cref="GraphException">An op on the way has no batching rule.</exception>
    public static ImmutableArray<Node> Run(
        ImmutableArray<Node> y, ImmutableArray<Node> x, ImmutableArray<Node> batch, Dim extent, CancellationToken token = default)
    {
        var sweep = new BatchSweep(extent);
        for (int i = 0; i < x.Length; i++)
            sweep.batched[x[i]] = batch[i];
        foreach (var apply in Topology.Sort(y))
        {
            token.ThrowIfCancellationRequested();
            sweep.Visit(apply);
        }
        return [.. y.Select(n => sweep.batched.TryGetValue(n, out var found) ? found : Batching.Repeat(n, extent))];
    }

    private void Visit(Apply apply)
    {
        var operands = ImmutableArray.CreateBuilder<Node>(apply.Inputs.Length);
        var mapped = ImmutableArray.CreateBuilder<bool>(apply.Inputs.Length);
        foreach (var input in apply.Inputs)
        {
            mapped.Add(batched.TryGetValue(input, out var found));
            operands.Add(found ?? input);
        }
        if (!mapped.Contains(true))
            return;
        using var scope = NameScope.Set(apply.Scope);
        using var origin = Origin.Under(apply.Origin);
        var results = apply.Op.Batch(new(apply, operands.MoveToImmutable(), mapped.MoveToImmutable(), extent));
        for (int i = 0; i < results.Length; i++)
        {
            Check(apply.Results[i], results[i]);
            batched.TryAdd(apply.Results[i], results[i]);   // a mapped node that depends on another stays what was given for it
        }
    }

    private void Check(Node single, Node result)
    {
        if (result.DType != single.DType || result.Rank != single.Rank + 1 || result.Shape[0] != extent)
            throw new InvalidOperationException($"{single.Op.Name} at {single.Apply.Origin}: {extent} times {single.Type} became {result.Type}.");
    }

    /// <summary>
    /// A body for a batch of operands: fresh inputs, of which the
    /// mapped ones have the leading axis, as have all results.
    /// </summary>
    public static Computation Body(Computation body, Func<int, bool> isMapped, Dim extent)
    {
        Node Input(Node x, int i) => isMapped(i) ? Ops.Input($"x{i}", x.DType, [extent, .. x.Shape]) : x;
        ImmutableArray<Node> inputs = [.. body.Inputs.Select(Input)];
        var mapped = Enumerable.Range(0, inputs.Length).Where(isMapped).ToList();
        var results = Run([.. body.Outputs.Select(o => o.Value)],
            [.. mapped.Select(i => body.Inputs[i])], [.. mapped.Select(i => inputs[i])], extent);
        return new(inputs.AsSpan(), [.. body.Outputs.Zip(results, (o, r) => o with { Value = r })], name: body.Name);
    }
}
