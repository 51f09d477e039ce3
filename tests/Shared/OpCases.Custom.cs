using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Parts of graphs whose derivatives their authors state: here the true ones, so that every law holds for them.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Custom =>
    [
        Map("custom derivative", x => CustomDerivative.Of(a => [Exp(a[0]) * a[0]], [x],
            (a, y, ct) => [ct[0] * (y[0] + Exp(a[0]))], (a, y, t) => [t[0] * (y[0] + Exp(a[0]))])[0]),
        new("custom derivative of several", x => CustomDerivative.Of(a => [MatMul(a[0], a[1]), Sum(a[0])], x,
            (a, y, ct) => [MatMul(ct[0], Transpose(a[1])) + ct[1], MatMul(Transpose(a[0]), ct[0])],
            (a, y, t) => [MatMul(t[0], a[1]) + MatMul(a[0], t[1]), Sum(t[0])]) is [var product, var sum] ? product * sum
            : x[0], new([3, 4]), new([4, 2])),
        new("custom derivative with positions", x => CustomDerivative.Of(a => [Gather(a[0], a[1])], x,
            (a, y, ct) => [ScatterAdd(ZerosLike(a[0]), a[1], ct[0]), null], (a, y, t) => [Gather(t[0], a[1])])[0],
            new([3, 4]), Operand.Positions([5], 0, 2)),
    ];
}
