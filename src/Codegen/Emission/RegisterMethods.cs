using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.Intrinsics;

namespace Adjoint.Codegen;

/// <summary>
/// Methods on registers by name and argument types. The framework's vector classes give every width the same names, so
/// one piece of code that asks here serves all of them.
/// </summary>
internal static class RegisterMethods
{
    private static readonly ConcurrentDictionary<Key, MethodInfo?> Found = new();
    private static readonly ConcurrentDictionary<Key, MethodInfo> Closed = new();

    private readonly record struct Key(Type Owner, string Name, Type A, Type? B = null, Type? C = null);

    /// <summary>A call of the public static method of that name which takes these arguments, generic in the element
    /// type or not.</summary>
    /// <exception cref="MissingMethodException">There is none.</exception>
    public static MethodCallExpression Call(Type owner, string name, params Expression[] arguments) =>
        TryCall(owner, name, arguments) ?? throw new MissingMethodException(owner.Name, name);

    /// <summary>As <see cref="Call"/>, or null where the class has no such method.</summary>
    public static MethodCallExpression? TryCall(Type owner, string name, params Expression[] arguments)
    {
        Type? TypeOf(int k) => k < arguments.Length ? arguments[k].Type : null;
        var method = arguments.Length > 3
            ? Find(owner, name, [.. arguments.Select(a => a.Type)])
            : Found.GetOrAdd(new(owner, name, TypeOf(0)!, TypeOf(1), TypeOf(2)), static key =>
                Find(key.Owner, key.Name, [.. new[] { key.A, key.B, key.C }.OfType<Type>()]));
        return method is null ? null : Expression.Call(method, arguments);
    }

    /// <summary>A call of a generic method with one or two type arguments given.</summary>
    public static MethodCallExpression Generic(Type owner, string name, Type[] types, params Expression[] arguments) =>
        Expression.Call(Close(owner, name, types), arguments);

    /// <summary>The operator of a vector type, such as <c>op_Addition</c>.</summary>
    public static MethodInfo Operator(Type register, string name, int operands) =>
        Found.GetOrAdd(new(register, name, register, operands > 1 ? register : null), static key =>
            key.Owner.GetMethod(key.Name, key.B is null ? [key.A] : [key.A, key.B]))!;

    /// <summary>The class with the methods of a vector type: <see cref="Vector256"/> of Vector256&lt;T&gt;.</summary>
    public static Type ClassOf(Type register)
    {
        var open = register.GetGenericTypeDefinition();
        return open == typeof(Vector512<>) ? typeof(Vector512)
            : open == typeof(Vector256<>) ? typeof(Vector256)
            : open == typeof(Vector128<>) ? typeof(Vector128)
            : throw new NotSupportedException($"{register} is no register.");
    }

    private static MethodInfo Close(Type owner, string name, Type[] types) =>
        Closed.GetOrAdd(new(owner, name, types[0], types.ElementAtOrDefault(1), types.ElementAtOrDefault(2)), (_, all) => owner.GetMethods()
            .Single(m => m.Name == name && m.GetGenericArguments().Length == all.Length).MakeGenericMethod(all), types);

    private static MethodInfo? Find(Type owner, string name, Type[] arguments)
    {
        var candidates = owner.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(m => m.Name == name && m.GetParameters().Length == arguments.Length).ToArray();
        return candidates.FirstOrDefault(m => !m.IsGenericMethod && Takes(m, arguments))
            ?? candidates.Where(m => m.IsGenericMethod && m.GetGenericArguments().Length == 1)
                .Select(m => m.MakeGenericMethod(ElementOf(arguments[0])))
                .FirstOrDefault(m => Takes(m, arguments));
    }

    private static Type ElementOf(Type register) =>
        register.IsGenericType ? register.GetGenericArguments()[0] : register;

    private static bool Takes(MethodInfo method, Type[] arguments) =>
        method.GetParameters().Select(p => p.ParameterType).SequenceEqual(arguments);
}
