using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>A computation of one instance, for a batch of instances: an axis more on all results and on the inputs that differ.</summary>
internal sealed class Batch
{
    private readonly ImmutableArray<bool> isShared;
    private readonly ImmutableArray<long> elements;

    /// <summary>A batch of a computation whose derivatives are expanded.</summary>
    /// <exception cref="ArgumentException">An input called shared does not exist, or all are shared.</exception>
    /// <exception cref="GraphException">An op has no batching rule.</exception>
    public Batch(Computation one, BatchLayout layout)
    {
        ImmutableArray<string> names = [.. one.Inputs.Select(i => ((Operations.InputOp)i.Op).Key)];
        if (layout.Shared.FirstOrDefault(s => !names.Contains(s)) is { } unknown)
            throw new ArgumentException($"computation '{one.Name}' has no input '{unknown}' that a batch could share; it has {string.Join(", ", names)}.");
        isShared = [.. names.Select(n => layout.Shared.Contains(n))];
        if (!isShared.Contains(false))
            throw new ArgumentException($"every input of computation '{one.Name}' is shared by all instances; leave one out of Shared, or compile one instance.");
        IsArrays = layout.IsArrays;
        Extent = Dim.Symbol(layout.Extent);
        elements = [.. one.Inputs.Concat(one.Outputs.Select(o => o.Value))
            .Select(n => n.Shape.IsStatic ? n.Shape.ElementCount.Constant : -1)];
        ImmutableArray<Node> inputs = [.. one.Inputs.Select((x, i) =>
            isShared[i] ? x : Ops.Input(names[i], x.DType, Shape.Of(Widened(x.Shape))))];
        ImmutableArray<int> own = [.. Enumerable.Range(0, inputs.Length).Where(i => !isShared[i])];
        var results = BatchSweep.Run([.. one.Outputs.Select(o => o.Value)], [.. own.Select(i => one.Inputs[i])],
            [.. own.Select(i => IsArrays ? Batching.Move(inputs[i], inputs[i].Rank - 1, 0) : inputs[i])], Extent);
        Computation = new(inputs.AsSpan(),
            [.. one.Outputs.Zip(results, (o, r) => o with { Value = IsArrays ? Batching.Move(r, 0, r.Rank - 1) : r })], name: one.Name);
    }

    /// <summary>The same for a batch, as a graph.</summary>
    public Computation Computation { get; }

    /// <summary>How many instances there are: a symbol.</summary>
    public Dim Extent { get; }

    /// <summary>Whether the instances' axis is the last one: arrays of elements rather than of instances.</summary>
    public bool IsArrays { get; }

    /// <summary>Whether all instances have the same value of an input.</summary>
    public bool IsShared(int external) => external < isShared.Length && isShared[external];

    /// <summary>Elements of an input or output in one instance.</summary>
    public long ElementsOf(int external) => elements[external];

    private IEnumerable<Dim> Widened(Shape shape) => IsArrays ? shape.Append(Extent) : shape.Prepend(Extent);
}
