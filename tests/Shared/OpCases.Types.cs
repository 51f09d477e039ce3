using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Truth values where numbers usually stand, and every way from one element type to another.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> TruthValues =>
    [
        Truth("truth values, chosen", x => Where(x[0], x[1], Not(x[0])), 2), Truth("truth values, compared", x => Equal(x[0], x[1]), 2),
        Truth("truth values, told apart", x => NotEqual(x[0], x[1]), 2),
        Truth("truth values, transposed", x => Transpose(x[0])), Truth("truth values, backward", x => Slice(x[0], 1, 3, 0, -2)),
        Truth("truth values, repeated", x => And(x[0], BroadcastTo(ExpandDims(Slice(x[0], 1, 0, 1), 0), [2, 3, 4]))),
        Truth("truth values, reshaped", x => Reshape(x[0], [2, 6])),
        Truth("truth values, padded", x => Pad(x[0], 1, [0, 1], [2, 0], [1, 0])),
        Truth("truth values, side by side", x => Concat(x, 1), 2), Truth("truth values, stacked", x => Stack(x), 2),
        Truth("truth values, counted", x => CountNonZero(x[0], [1])), Truth("truth values, any of all", x => Any(x[0])),
        new("truth values, gathered", x => Gather(x[0], x[1]), Operand.Truths(3, 4),
            Operand.Positions([5], 0, 2)) { Differentiable = false },
    ];

    private static IEnumerable<OpCase> Conversions =>
        from source in DType.All
        from target in DType.All
        where source != target && !(source.IsFloat && target.IsFloat)
        let values = source == DType.Bool ? Operand.Truths(3, 4) : new([3, 4], -9, 9)
        select new OpCase($"{source} as {target}", x => Convert(x[0], target), source.IsFloat ? values : values with { Fixed = source })
        {
            DTypes = [source.IsFloat ? source : DType.Float32],
            Differentiable = false,
        };

    private static OpCase Truth(string name, Func<Node[], Node> build, int operands = 1) =>
        new(name, build, [.. Enumerable.Repeat(Operand.Truths(3, 4), operands)]) { Differentiable = false };
}
