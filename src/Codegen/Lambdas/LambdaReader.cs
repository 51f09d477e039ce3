using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Adjoint.Codegen.Lambdas;

/// <summary>Reads an expression tree as a graph, operands first.</summary>
[RequiresUnreferencedCode("Reads captured variables and members by reflection.")]
[RequiresDynamicCode("Reads captured variables and members by reflection.")]
internal sealed class LambdaReader(Origin origin)
{
    private readonly Dictionary<ParameterExpression, Node> scope = [];

    /// <summary>The results of a lambda applied to nodes.</summary>
    public ImmutableArray<Output> Outputs(LambdaExpression lambda, ImmutableArray<Node> arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
            scope[lambda.Parameters[i]] = arguments[i];
        return lambda.Body switch
        {
            NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => [.. array.Expressions.Select(e => (Output)Read(e))],
            NewExpression { Members: { } members } named => [.. named.Arguments.Select((e, i) => new Output(members[i].Name, Read(e)))],
            NewExpression n when IsTuple(n.Type) => [.. n.Arguments.Select(e => (Output)Read(e))],
            MethodCallExpression { Method: { Name: "Create", IsStatic: true } } call when IsTuple(call.Type) =>
                [.. call.Arguments.Select(e => (Output)Read(e))],
            var single => [Read(single)],
        };
    }

    private static bool IsTuple(Type type) => type.IsAssignableTo(typeof(ITuple));

    private Node Read(Expression e)
    {
        if (Captured.TryRead(e, out object? known))
            return Constant(e, known);
        return e switch
        {
            ParameterExpression p when scope.TryGetValue(p, out var node) => node,
            BinaryExpression { NodeType: ExpressionType.ArrayIndex } index => Element(index.Left, [index.Right]),
            BinaryExpression { Method: null or { IsSpecialName: true }, Conversion: null } b when !b.IsLifted => Binary(b),
            UnaryExpression { NodeType: ExpressionType.ArrayLength } length => Length(length),
            UnaryExpression { NodeType: ExpressionType.Convert } cast when !cast.IsLifted => Cast(cast),
            UnaryExpression u when !u.IsLifted => Unary(u),
            ConditionalExpression c => Ops.Where(Read(c.Test), Read(c.IfTrue), Read(c.IfFalse)),
            MethodCallExpression { Method.Name: "Get", Object: { } array } call when array.Type.IsArray => Element(array, call.Arguments),
            MethodCallExpression { Object: null } call => Function(call),
            InvocationExpression call => Invoke(call),
            MemberExpression { Member: FieldInfo part,
                Expression: MethodCallExpression pair } when MathFunctions.FindPair(pair) is { } apply =>
                apply([.. pair.Arguments.Select(Read)])[part.Name == nameof(ValueTuple<,>.Item1) ? 0 : 1],
            _ => throw Unknown(e),
        };
    }

    private Node Constant(Expression e, object? value) => value switch
    {
        float or double or int or long or bool => Ops.Constant((HostTensor)typeof(LambdaReader)
            .GetMethod(nameof(Scalar), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(value.GetType())
            .Invoke(null, [value])!),
        Array array when DType.All.Any(d => d.ClrType == array.GetType().GetElementType()) => Ops.Constant(array),
        _ => throw Error(e, $"is {value?.GetType().Name ?? "null"}, not a number",
            "capture float, double, int, long, bool or arrays of them"),
    };

    private static HostTensor Scalar<T>(T value) where T : unmanaged => HostTensor.Scalar(value);

    private Node Binary(BinaryExpression b)
    {
        if (!Operators.Binary.TryGetValue(b.NodeType, out var apply))
            throw Unknown(b);
        return apply(Read(b.Left), Read(b.Right)) ?? throw Unknown(b);
    }

    private Node Unary(UnaryExpression u)
    {
        if (!Operators.Unary.TryGetValue(u.NodeType, out var apply))
            throw Unknown(u);
        return apply(Read(u.Operand)) ?? throw Unknown(u);
    }

    private Node Cast(UnaryExpression cast) => DType.All.FirstOrDefault(d => d.ClrType == cast.Type) is { } dtype
        ? Ops.Convert(Read(cast.Operand), dtype)
        : throw Error(cast, $"casts to {cast.Type.Name}", "cast to float, double, int or long");

    private Node Function(MethodCallExpression call)
    {
        if (MathFunctions.Find(call) is { } apply)
            return apply([.. call.Arguments.Where(a => !a.Type.IsEnum).Select(Read)]);
        throw Error(call, $"calls {call.Method.DeclaringType?.Name}.{call.Method.Name}, which has no op",
            "use Math, or write it as a lambda: Expression<Func<double, double>> g = ..., called as g.Compile()(x)");
    }

    // A lambda that is called is opened: g.Compile()(x) of a captured expression, or one written in place.
    private Node Invoke(InvocationExpression call)
    {
        var callee = call.Expression is MethodCallExpression { Method.Name: nameof(LambdaExpression.Compile),
            Object: { } tree } ? tree : call.Expression;
        var lambda = callee as LambdaExpression ?? (Captured.TryRead(callee, out object? known) ? known as LambdaExpression : null)
            ?? throw Error(call, "calls a compiled delegate, which cannot be looked into",
                "capture an Expression<Func<..>> g instead and call it as g.Compile()(x)");
        return new LambdaReader(origin).Outputs(lambda, [.. call.Arguments.Select(Read)]) is [var result] ? result.Value
            : throw Error(call, "gives several values", "call lambdas that give one");
    }

    // Element [i, j]: one axis after the other. A position that is known is a view, one that is computed is gathered, and checked when run.
    private Node Element(Expression array, IEnumerable<Expression> indices)
    {
        var x = Read(array);
        foreach (var index in indices)
            x = Captured.TryRead(index, out object? known) && System.Convert.ToInt64(known, null) is >= 0 and var i
                ? Ops.Squeeze(Ops.Slice(x, 0, i, i + 1), [0]) : Ops.Gather(x, Read(index), 0);
        return x;
    }

    private Node Length(UnaryExpression length) => Ops.Extent(Read(length.Operand).Shape[0], DType.Int32);

    private GraphException Unknown(Expression e) => Error(e, $"is {e.NodeType} on {e.Type.Name}, which has no op", e.NodeType switch
    {
        ExpressionType.AddChecked or ExpressionType.SubtractChecked or ExpressionType.MultiplyChecked or ExpressionType.NegateChecked or
            ExpressionType.ConvertChecked => "whole numbers wrap here: leave 'checked' out",
        ExpressionType.Call => "compute it outside and capture the number, or write it with Math",
        _ => "use arithmetic, comparisons, logic, conditionals, casts, Math, elements of arrays and calls of lambdas",
    });

    private GraphException Error(Expression e, string problem, string fix) =>
        new($"lambda: '{e}' {problem}.\n  at    {origin}\n  fix   {fix}.");
}
