using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Operators that draw random numbers, each node from a key of its own.</summary>
internal static class Randoms
{
    public static IEnumerable<Importer> All =>
    [
        Many("Dropout", x => Dropout(x, training: !x.Flag("is_test"), Ops.Scalar(x[0].DType, x.Number("ratio", 0.5f))), until: 6),
        Many("Dropout", x => Dropout(x, training: false, Ops.Scalar(x[0].DType, 0)), since: 7, until: 11),
        Many("Dropout", x => Dropout(x, x.Optional(2) is not null && x.KnownScalar(2) != 0, x.Optional(1)
            ?? Ops.Scalar(x[0].DType, 0.5)), since: 12),
        One("Bernoulli", x => Ops.Convert(Ops.RandomBernoulli(Key(x), x[0]), Like(x))),
        One("RandomUniform", x => Uniform(x, Given(x), Declared(x))),
            One("RandomUniformLike", x => Uniform(x, x[0].Shape, Like(x))),
        One("RandomNormal", x => Normal(x, Given(x), Declared(x))), One("RandomNormalLike", x => Normal(x, x[0].Shape, Like(x))),
        One("Multinomial", Multinomial),
    ];

    // Nothing is dropped outside of training. The mask says what is kept; it has the type of x before version 10, bool since.
    private static ImmutableArray<Node> Dropout(OnnxNode x, bool training, Node ratio)
    {
        var maskType = x.Opset < 10 ? x[0].DType : DType.Bool;
        if (!training || x.TryKnown(ratio) is { Length: 1 } known && Numbers.Doubles(known)[0] == 0)
            return [x[0], Ops.BroadcastTo(Ops.Scalar(maskType, 1), x[0].Shape)];
        Node kept = 1 - Ops.Convert(Ops.Reshape(ratio, Shape.Scalar), x[0].DType);
        Node mask = Ops.RandomBernoulli(WholeKey(x), Ops.BroadcastTo(kept, x[0].Shape));
        return [Ops.Where(mask, x[0] / kept, Ops.ZerosLike(x[0])), Ops.Convert(mask, maskType)];
    }

    private static Node Uniform(OnnxNode x, Shape shape, DType dtype)
    {
        double low = x.Number("low", 0), high = x.Number("high", 1);
        return low + (high - low) * Ops.RandomUniform(Key(x), shape, dtype);
    }

    private static Node Normal(OnnxNode x, Shape shape, DType dtype) =>
        x.Number("mean", 0) + x.Number("scale", 1) * Ops.RandomNormal(Key(x), shape, dtype);

    // Classes of rows of log-probabilities, several per row.
    private static Node Multinomial(OnnxNode x)
    {
        Dim samples = x.Int("sample_size", 1);
        var rows = Ops.BroadcastTo(Ops.ExpandDims(x[0], 1), [x[0].Shape[0], samples, x[0].Shape[1]]);
        return Ops.Convert(Ops.RandomCategorical(Key(x), rows), x.DTypeOf(x.Int("dtype", 6)));
    }

    private static RandomKey Key(OnnxNode x) => x.Key(x.Has("seed") ? x.Number("seed", 0) : null);

    // Of dropout alone the seed is a whole number.
    private static RandomKey WholeKey(OnnxNode x) => x.Key(x.Has("seed") ? x.Int("seed", 0) : null);

    private static Shape Given(OnnxNode x) => Shape.Of((x.Ints("shape") ?? throw x.Error("its shape is missing")).Select(Dim.Of));

    private static DType Declared(OnnxNode x) => x.DTypeOf(x.Int("dtype", 1));

    private static DType Like(OnnxNode x) => x.Has("dtype") ? Declared(x) : x[0].DType;
}
