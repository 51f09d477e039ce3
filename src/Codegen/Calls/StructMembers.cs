using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Adjoint.Codegen;

/// <summary>A public field or property of a struct that inputs or outputs pass through, matched with them by name.</summary>
/// <param name="Info">The field or property.</param>
internal sealed record StructMember(MemberInfo Info)
{
    public string Name => Info.Name;

    public Type Type => Info is FieldInfo variable ? variable.FieldType : ((PropertyInfo)Info).PropertyType;

    /// <summary>
    /// Whether an input or output of that name is meant, upper and lower case being one: of the member's own name or, in a struct in
    /// another, of that with the path, as <c>Body.Mass</c>.
    /// </summary>
    /// <param name="name">The name of the input or output.</param>
    /// <param name="path">The members that lead here, each with a dot behind it.</param>
    public bool Is(string name, string path = "") =>
        name.Equals(Name, StringComparison.OrdinalIgnoreCase) || name.Equals(path + Name, StringComparison.OrdinalIgnoreCase);

    public Expression Read(Expression from) => Expression.MakeMemberAccess(from, Info);
}

/// <summary>Structs whose members are inputs or outputs.</summary>
internal static class StructMembers
{
    private const int Deepest = 8;

    /// <summary>Whether a type is a value tuple.</summary>
    public static bool IsTuple(Type type) => type.IsValueType && type.IsAssignableTo(typeof(ITuple));

    /// <summary>The public instance fields of a struct, or else its properties; none of what is no struct.</summary>
    public static List<StructMember> Of(Type type)
    {
        if (!type.IsValueType || type.IsPrimitive || type.IsEnum || type.IsByRefLike)
            return [];
        var fields = type.GetFields(BindingFlags.Public | BindingFlags.Instance);
        return fields.Length > 0 ? [.. fields.Select(x => new StructMember(x))]
            : [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
                .Select(x => new StructMember(x))];
    }

    /// <summary>
    /// The members of a struct that a path leads to: none where it is
    /// too long, since a property may have the type that it belongs to.
    /// </summary>
    public static List<StructMember> Within(Type type, string path) => path.Count(c => c == '.') < Deepest ? Of(type) : [];

    /// <summary>A struct with these values, by its constructor or by setting members; null where neither can.</summary>
    public static Expression? Make(Type type, List<StructMember> members, List<Expression> values)
    {
        foreach (var constructor in type.GetConstructors())
            if (constructor.GetParameters() is var p && p.Length == members.Count
                && p.All(x => members.Exists(m => m.Is(x.Name!) && m.Type == x.ParameterType)))
                return Expression.New(constructor, p.Select(x => values[members.FindIndex(m => m.Is(x.Name!))]));
        bool settable = members.TrueForAll(m => m.Info is FieldInfo { IsInitOnly: false } or PropertyInfo { CanWrite: true });
        return settable ? Expression.MemberInit(Expression.New(type), members.Select((m, i) => Expression.Bind(m.Info, values[i]))) : null;
    }
}
