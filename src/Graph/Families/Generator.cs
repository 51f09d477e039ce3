using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>What the loop nest offers to an op whose elements depend on where they are.</summary>
public interface IPlace
{
    /// <summary>The type of an operand: which axes <see cref="Load"/> wants coordinates for.</summary>
    TensorType Operand(int input);

    /// <summary>The coordinate along a result axis.</summary>
    Value Index(DType type, int axis);

    /// <summary>An extent, as a scalar known when the kernel is called.</summary>
    Value Extent(DType type, Dim dim);

    /// <summary>The element of an aligned operand at the same place as the result's.</summary>
    Value Element(int input);

    /// <summary>
    /// The element of operand <paramref name="input"/> at coordinates
    /// computed per element (int64 each); they must lie inside.
    /// </summary>
    Value Load(int input, ReadOnlySpan<Value> at);

    /// <summary>
    /// Whether an operand is known, and all its elements are positions
    /// from 0 to <paramref name="extent"/> - 1: then none needs a check.
    /// </summary>
    bool HoldsPositions(int input, Dim extent);

    /// <summary>An error code for <see cref="Body.Check"/>; when it is reported the call throws an error with the op's origin.</summary>
    int Fails(string message);
}

/// <summary>
/// Result elements computed from their coordinates and, where there are operands, from operand elements at computed
/// coordinates: iota, extents, gathers.
/// </summary>
public abstract record Generator : Op
{
    /// <summary>
    /// Whether an operand has the result's shape and is read at the result's own place only, by <see cref="IPlace.Element"/>:
    /// what makes it can then be computed in the same loop, and positions need no memory. Others are read anywhere.
    /// </summary>
    public virtual bool IsAligned(int input) => false;

    /// <summary>Whether every element of the result is an element of some float operand, or zero: gathers, slices, diagonals.</summary>
    public virtual bool Copies => false;

    // Where elements come from is what the reference makes of operands whose elements are their own numbers.
    /// <summary>Each element on the one that it is a copy of, where positions are known; else on all.</summary>
    public override void Depend(Dependence d)
    {
        var operands = d.Apply.Inputs;
        var first = new int[operands.Length + 1];
        for (int i = 0; i < operands.Length; i++)
            first[i + 1] = first[i] + (operands[i].DType.IsFloat ? Dependence.Count(operands[i]) : 0);
        HostTensor?[] numbers = [.. operands.Select((x, i) => x.DType.IsFloat ? Numbers(x, first[i] + 1) : d.ValueOf(i))];
        if (!Copies || numbers.Contains(null))
        {
            base.Depend(d);
            return;
        }
        ImmutableArray<TensorType> types = [d.Apply.Results[0].Type with { DType = DType.Int64 }];
        var copied = Evaluate(new([.. numbers!], types, new Dictionary<string, long>()))[0].ToArray<long>();
        for (int e = 0; e < copied.Length; e++)
            if (copied[e] > 0)
            {
                int input = Array.FindLastIndex(first, f => f < copied[e]);
                d.Set(0, e, d.Of(input, (int)copied[e] - first[input] - 1));
            }
    }

    private static HostTensor Numbers(Node x, int start) =>
        HostTensor.From(Enumerable.Range(start, Dependence.Count(x)).Select(i => (long)i).ToArray(), Dependence.Extents(x));

    /// <summary>The element at a place, as kernel IR.</summary>
    public abstract Value Lower(Body b, IPlace place, TensorType result);
}
