using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;

namespace Adjoint.Codegen.Lambdas;

/// <summary>What an expression gets from outside: constants, captured variables, fields, properties, elements of captured arrays.</summary>
internal static class Captured
{
    /// <summary>The value of an expression that only reads what is known now. Calls and parameters are not.</summary>
    [RequiresUnreferencedCode("Reads captured variables and members by reflection.")]
    public static bool TryRead(Expression? e, out object? value)
    {
        value = null;
        switch (e)
        {
            case null:
                return true;   // the owner of a static member
            case ConstantExpression constant:
                value = constant.Value;
                return true;
            case MemberExpression { Member: FieldInfo or PropertyInfo } member when TryRead(member.Expression, out object? owner):
                value = member.Member is FieldInfo field ? field.GetValue(owner) : ((PropertyInfo)member.Member).GetValue(owner);
                return true;
            case UnaryExpression { NodeType: ExpressionType.ArrayLength } length when TryRead(length.Operand, out object? array):
                value = ((Array)array!).Length;
                return true;
            case BinaryExpression { NodeType: ExpressionType.ArrayIndex } element
                when TryRead(element.Left, out object? array) && TryRead(element.Right, out object? index):
                value = ((Array)array!).GetValue(System.Convert.ToInt64(index, null));
                return true;
            case UnaryExpression { NodeType: ExpressionType.Quote } quoted:
                value = quoted.Operand;
                return true;
            default:
                return false;
        }
    }
}
