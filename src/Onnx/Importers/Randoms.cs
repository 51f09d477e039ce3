using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Operators that draw random numbers.</summary>
internal static class Randoms
{
    public static IEnumerable<Importer> All =>
    [
        Many("Dropout", x => Dropout(x, training: !x.Flag("is_test"), x.Number("ratio", 0.5f)), until: 6),
        Many("Dropout", x => Dropout(x, training: false, 0), since: 7, until: 11),
        Many("Dropout", x => Dropout(x, training: x.Optional(2) is not null && x.KnownScalar(2) != 0, x.Optional(1) is null ? 0.5 : x.KnownScalar(1)), since: 12),
    ];

    // Nothing is dropped outside of training. The mask says what is kept; it has the type of x before version 10, bool since.
    private static ImmutableArray<Node> Dropout(OnnxNode x, bool training, double ratio)
    {
        if (training && ratio != 0)
            throw x.Unsupported("dropout that draws");
        return [x[0], Ops.BroadcastTo(Ops.Scalar(x.Opset < 10 ? x[0].DType : DType.Bool, 1), x[0].Shape)];
    }
}
