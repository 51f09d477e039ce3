using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Random draws: functions of a key like any other.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Random =>
    [
        Drawn("random bits", k => RandomBits(k, [3, 5])), Drawn("wide random bits", k => RandomBits(k, [3, 5], DType.Int64)),
        Drawn("random bits of a split key", k => RandomBits(k.Split(3)[1], [7])),
        Drawn("random bits of a folded key", k => RandomBits(k.Fold(5), [7])),
        Drawn("uniform", k => RandomUniform(k, [3, 5])), Drawn("uniform doubles", k => RandomUniform(k, [3, 5], DType.Float64)),
        Drawn("normal", k => RandomNormal(k, [3, 5])), Drawn("normal doubles", k => RandomNormal(k, [3, 5], DType.Float64)),
        Drawn("exponential", k => RandomExponential(k, [9])), Drawn("gumbel", k => RandomGumbel(k, [9], DType.Float64)),
        Drawn("truncated normal", k => RandomTruncatedNormal(k, [3, 5])),
        Drawn("tail of a normal", k => RandomTruncatedNormal(k, [9], 8, double.PositiveInfinity, DType.Float64)),
        new("truncated normal of bounds that are data", x => RandomTruncatedNormal(RandomKey.Of(3), x[0], x[1]),
            new([3, 4], -2, 0), new([4], 0.5, 3)) { DTypes = [DType.Float64] },
        new("truncated normal of mean and scale",
            x => Reparameterised.TruncatedNormal(RandomKey.Of(4), x[0], x[1], -1, 2), new([3, 4], -2, 2),
            new([4], 0.5, 2)) { DTypes = [DType.Float64] },
        Drawn("permutation", k => RandomPermutation(k, 9)), Drawn("a single random number", k => RandomUniform(k, [])),
        new("bernoulli", x => RandomBernoulli(RandomKey.From(x[1]), Convert(x[0], DType.Float32)),
            new Operand([3, 4], 0, 1), Key) { Differentiable = false },
        new("categorical", x => RandomCategorical(RandomKey.From(x[1]), Convert(x[0], DType.Float32), 0),
            new Operand([3, 4]), Key) { Differentiable = false },
        new("dropout", x => Dropout(x[0], RandomKey.From(x[1]), 0.3), new Operand([3, 4]), Key),
        new("dropout of everything", x => Dropout(x[0], RandomKey.Of(1), 1) + x[0], new Operand([3, 4])),
        new("uniform between bounds that are data",
            x => x[0] + (x[1] - x[0]) * Convert(RandomUniform(RandomKey.From(x[2]), [3, 4]), x[0].DType), new([3, 4]), new([3, 4]), Key),
        new("noise along a symbol", x => x[0] * Convert(RandomUniform(RandomKey.Of(7), x[0].Shape), x[0].DType),
            new Operand([5, 3])) { RowSymbol = "rows" },
    ];

    private static Operand Key => Operand.Positions([2], -1000000, 1000000);

    private static OpCase Drawn(string name, Func<RandomKey, Node> draw) =>
        new(name, x => draw(RandomKey.From(x[0])), Key) { Differentiable = false };
}
