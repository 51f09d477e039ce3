using System.Linq.Expressions;
using System.Reflection;

namespace Adjoint.Codegen;

/// <summary>A public field or property of a struct that inputs or outputs pass through, matched with them by name.</summary>
/// <param name="Info">The field or property.</param>
internal sealed record StructMember(MemberInfo Info)
{
    public string Name => Info.Name;

    public Type Type => Info is FieldInfo variable ? variable.FieldType : ((PropertyInfo)Info).PropertyType;

    /// <summary>Whether an input or output of that name is meant, upper and lower case being one.</summary>
    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    public Expression Read(Expression from) => Expression.MakeMemberAccess(from, Info);
}

/// <summary>Structs whose members are inputs or outputs.</summary>
internal static class StructMembers
{
    /// <summary>The public instance fields of a struct, or else its properties; none of what is no struct.</summary>
    public static List<StructMember> Of(Type type)
    {
        if (!type.IsValueType || type.IsPrimitive || type.IsEnum || type.IsByRefLike)
            return [];
        var fields = type.GetFields(BindingFlags.Public | BindingFlags.Instance);
        return fields.Length > 0 ? [.. fields.Select(x => new StructMember(x))]
            : [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
                .Select(x => new StructMember(x))];
    }

    /// <summary>A struct with these values, by its constructor or by setting members; null where neither can.</summary>
    public static Expression? Make(Type type, List<StructMember> members, List<Expression> values)
    {
        foreach (var constructor in type.GetConstructors())
            if (constructor.GetParameters() is var p && p.Length == members.Count && p.All(x => members.Exists(m => m.Is(x.Name!) && m.Type == x.ParameterType)))
                return Expression.New(constructor, p.Select(x => values[members.FindIndex(m => m.Is(x.Name!))]));
        bool settable = members.TrueForAll(m => m.Info is FieldInfo { IsInitOnly: false } or PropertyInfo { CanWrite: true });
        return settable ? Expression.MemberInit(Expression.New(type), members.Select((m, i) => Expression.Bind(m.Info, values[i]))) : null;
    }
}
