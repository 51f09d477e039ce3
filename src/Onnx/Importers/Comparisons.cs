using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Comparisons, logic and selection.</summary>
internal static class Comparisons
{
    public static IEnumerable<Importer> All =>
    [
        One("Equal", x => Arithmetic.Binary(x, (a, b) => Ops.Equal(a, b))),
        One("Greater", x => Arithmetic.Binary(x, (a, b) => Ops.Greater(a, b))),
        One("Less", x => Arithmetic.Binary(x, (a, b) => Ops.Less(a, b))),
        One("GreaterOrEqual", x => Ops.GreaterOrEqual(x[0], x[1])), One("LessOrEqual", x => Ops.LessOrEqual(x[0], x[1])),
        One("And", x => Arithmetic.Binary(x, (a, b) => Ops.And(a, b))),
        One("Or", x => Arithmetic.Binary(x, (a, b) => Ops.Or(a, b))),
        One("Xor", x => Arithmetic.Binary(x, (a, b) => Ops.Xor(a, b))),
        One("Not", x => Ops.Not(x[0])),
        One("IsNaN", x => Ops.IsNaN(x[0])),
        One("IsInf", x => Ops.IsInfinite(x[0], x.Flag("detect_positive", true), x.Flag("detect_negative", true))),
        One("Where", x => Ops.Where(x[0], x[1], x[2])),
    ];
}
