using System.Linq.Expressions;

namespace Adjoint.Codegen.Lambdas;

/// <summary>C# operators as ops; null where an operator has none for the operands' type.</summary>
internal static class Operators
{
    public static IReadOnlyDictionary<ExpressionType, Func<Node, Node, Node?>> Binary { get; } = new Dictionary<ExpressionType, Func<Node, Node, Node?>>
    {
        [ExpressionType.Add] = (a, b) => a + b,
        [ExpressionType.Subtract] = (a, b) => a - b,
        [ExpressionType.Multiply] = (a, b) => a * b,
        [ExpressionType.Divide] = (a, b) => a / b,
        [ExpressionType.Modulo] = (a, b) => Ops.Fmod(a, b),
        [ExpressionType.Equal] = (a, b) => Ops.Equal(a, b),
        [ExpressionType.NotEqual] = (a, b) => Ops.NotEqual(a, b),
        [ExpressionType.LessThan] = (a, b) => a < b,
        [ExpressionType.LessThanOrEqual] = (a, b) => a <= b,
        [ExpressionType.GreaterThan] = (a, b) => a > b,
        [ExpressionType.GreaterThanOrEqual] = (a, b) => a >= b,
        [ExpressionType.AndAlso] = (a, b) => Ops.And(a, b),
        [ExpressionType.OrElse] = (a, b) => Ops.Or(a, b),
        [ExpressionType.And] = (a, b) => a.DType == DType.Bool ? Ops.And(a, b) : Ops.BitwiseAnd(a, b),
        [ExpressionType.Or] = (a, b) => a.DType == DType.Bool ? Ops.Or(a, b) : Ops.BitwiseOr(a, b),
        [ExpressionType.ExclusiveOr] = (a, b) => a.DType == DType.Bool ? Ops.Xor(a, b) : Ops.BitwiseXor(a, b),
    };

    public static IReadOnlyDictionary<ExpressionType, Func<Node, Node?>> Unary { get; } = new Dictionary<ExpressionType, Func<Node, Node?>>
    {
        [ExpressionType.Negate] = x => -x,
        [ExpressionType.UnaryPlus] = x => x,
        [ExpressionType.Not] = x => x.DType == DType.Bool ? Ops.Not(x) : Ops.BitwiseNot(x),
        [ExpressionType.OnesComplement] = x => Ops.BitwiseNot(x),
    };
}
