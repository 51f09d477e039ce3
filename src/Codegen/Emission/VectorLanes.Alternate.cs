using System.Linq.Expressions;

namespace Adjoint.Codegen;

/// <content>
/// Every second element of 4 bytes, a register of them, as pools and convolutions with stride 2 read and their gradients write. Such
/// elements are halves of 8-byte lanes, so none is moved by itself.
/// </content>
internal sealed partial class VectorLanes
{
    private static bool IsAlternate(DType type, Expression byteStride) =>
        type.Size == 4 && byteStride is ConstantExpression { Value: long stride } && stride == 2 * type.Size;

    // Two registers of neighbours. The second begins one element early, so that nothing past the last element is read: of the first, the
    // lanes 0, 2, .. are wanted, then 1, 3, .. of the other.
    private Expression LoadAlternate(DType type, Expression address, Expression? count)
    {
        Expression Read(long element, long past) => count is null ? Load(DType.Int32, After(address, element))
            : Masked(nameof(MaskedMemory.Load), After(address, element), First(DType.Int32, Twice(count, past)));
        return Cast(RegisterMethods.Call(typeof(Turns), nameof(Turns.Alternate), Read(0, -1), Read(Count - 1, -Count)), type);
    }

    private BlockExpression StoreAlternate(Expression address, Expression value, Expression count)
    {
        var words = Expression.Variable(RegisterType(DType.Int32));
        var even = Cast(RegisterMethods.Call(ClassOf(DType.Int32), "Create", Expression.Constant(0xFFFF_FFFFL)), DType.Int32);
        Expression Write(string widen, long element) => Masked(nameof(MaskedMemory.Store), After(address, element),
            Operator(ExpressionType.And, even, First(DType.Int32, Twice(count, -element))), Cast(Call(widen, words), DType.Int32));
        return Expression.Block([words],
            Expression.Assign(words, Cast(value, DType.Int32)), Write("WidenLower", 0), Write("WidenUpper", Count));
    }

    // Both registers fill memory together: a, b, a, b, ..
    public override Expression StoreTurns(Expression address, Expression a, Expression b, Expression? count)
    {
        ParameterExpression x = Expression.Variable(RegisterType(DType.Int32)), y = Expression.Variable(x.Type);
        Expression Write(string half, long element)
        {
            var (at, words) = (After(address, element), RegisterMethods.Call(typeof(Turns), half, x, y));
            return count is null ? Memory.Write(at, words)
                : Masked(nameof(MaskedMemory.Store), at, First(DType.Int32, Twice(count, -element)), words);
        }
        return Expression.Block([x, y],
            Expression.Assign(x, Cast(a, DType.Int32)), Expression.Assign(y, Cast(b, DType.Int32)),
            Write(nameof(Turns.Lower), 0), Write(nameof(Turns.Upper), Count));
    }

    private static BinaryExpression After(Expression address, long elements) => Expression.Add(address, Expression.Constant(4 * elements));

    private static BinaryExpression Twice(Expression count, long plus) =>
        Expression.Add(Expression.Multiply(count, Expression.Constant(2L)), Expression.Constant(plus));
}
