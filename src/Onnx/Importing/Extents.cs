using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Onnx.Importing;

/// <summary>Integer tensors whose elements are extents: arithmetic on shapes, with symbols kept as symbols.</summary>
internal sealed class Extents(Knowledge knowledge)
{
    // Shape arithmetic is shallow; a longer chain is none, and recursion on a file's graph has to end.
    private const int MaxDepth = 200, MaxElements = 64;

    private readonly Dictionary<Node, ImmutableArray<Dim>?> found = [];

    /// <summary>The elements of an integer tensor as extents, in row-major order; null where they are not known.</summary>
    public ImmutableArray<Dim>? Of(Node node) => Of(node, 0);

    private ImmutableArray<Dim>? Of(Node node, int depth)
    {
        if (!node.DType.IsInteger || depth > MaxDepth || !node.Shape.ElementCount.TryConstant(out long count)
            || count > MaxElements)
            return null;
        if (!found.TryGetValue(node, out var extents))
            found[node] = extents = knowledge.Of(node) is { } numbers
                ? [.. Numbers.Longs(numbers).Select(Dim.Of)] : Symbolic(node, depth + 1);
        return extents;
    }

    private ImmutableArray<Dim>? Symbolic(Node node, int depth) => node switch
    {
        (Extent extent, _) => [extent.Of],
        (Reshape, [var x]) => Of(x, depth),
        (Operations.Convert, [var x]) => Of(x, depth),
        (Broadcast, [var x]) when Of(x, depth) is [var only] =>
            [.. Enumerable.Repeat(only, (int)node.Shape.ElementCount.Constant)],
        (Negate, [var x]) => Map(Of(x, depth), d => d * -1),
        (Add, [var a, var b]) => Zip(Of(a, depth), Of(b, depth), (p, q) => p + q),
        (Subtract, [var a, var b]) => Zip(Of(a, depth), Of(b, depth), (p, q) => p - q),
        (Multiply, [var a, var b]) => Zip(Of(a, depth), Of(b, depth), (p, q) => p * q),
        (Divide, [var a, var b]) when Of(b, depth) is { } by && by.All(d => d != Dim.Zero) =>
            Zip(Of(a, depth), by, Dim.FloorDivide),
        (Concat, var parts) when node.Rank == 1 => Join(parts, depth),
        (Slice slice, [var x]) when x.Rank == 1 => Pick(Of(x, depth), slice),
        (Gather, [var x, var at]) when x.Rank == 1 && knowledge.Of(at) is { } positions =>
            Pick(Of(x, depth), Numbers.Longs(positions)),
        (Call { Body: var body }, var operands) => Inside(node, body, operands, depth),
        _ => null,
    };

    private ImmutableArray<Dim>? Inside(Node node, Computation body, ImmutableArray<Node> operands, int depth)
    {
        for (int i = 0; i < operands.Length; i++)
            found[body.Inputs[i]] = Of(operands[i], depth);
        return Of(body.Outputs[node.Index].Value, depth);
    }

    private ImmutableArray<Dim>? Join(ImmutableArray<Node> parts, int depth)
    {
        var all = parts.Select(p => Of(p, depth)).ToList();
        return all.TrueForAll(p => p is not null) ? [.. all.SelectMany(p => p!.Value)] : null;
    }

    private static ImmutableArray<Dim>? Pick(ImmutableArray<Dim>? x, Slice slice) =>
        slice.Starts[0].TryConstant(out long start) && slice.Lengths[0].TryConstant(out long length)
            ? Pick(x, [.. Enumerable.Range(0, (int)length).Select(i => start + i * slice.Steps[0])]) : null;

    private static ImmutableArray<Dim>? Pick(ImmutableArray<Dim>? x, long[] positions) =>
        x is { } all && Array.TrueForAll(positions, p => p >= 0 && p < all.Length)
            ? [.. positions.Select(p => all[(int)p])] : null;

    private static ImmutableArray<Dim>? Map(ImmutableArray<Dim>? x, Func<Dim, Dim> f) => x is { } all ? [.. all.Select(f)] : null;

    private static ImmutableArray<Dim>? Zip(ImmutableArray<Dim>? a, ImmutableArray<Dim>? b, Func<Dim, Dim, Dim> f) =>
        a is { } p && b is { } q && p.Length == q.Length ? [.. p.Zip(q, f)] : null;
}
