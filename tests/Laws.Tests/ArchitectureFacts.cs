using System.Reflection;
using System.Text;
using Assembly = System.Reflection.Assembly;

namespace Adjoint.Laws;

/// <summary>Which assembly may see which, and what they show to users.</summary>
public class ArchitectureFacts
{
    private static readonly Assembly[] Assemblies =
        [typeof(Node).Assembly, typeof(Pipeline).Assembly, typeof(Executable).Assembly, typeof(Runtime.Plan).Assembly,
            Assembly.Load("Adjoint.Onnx"), Assembly.Load("Adjoint.Weights"), Assembly.Load("Adjoint.Solvers"),
            Assembly.Load("Adjoint.Solvers.MathNet")];

    /// <summary>Graph &lt;- Passes &lt;- Codegen -> Runtime; files stand outside.</summary>
    [Theory]
    [InlineData("Adjoint.Graph")]
    [InlineData("Adjoint.Passes", "Adjoint.Graph")]
    [InlineData("Adjoint.Runtime")]
    [InlineData("Adjoint.Codegen", "Adjoint.Graph", "Adjoint.Passes", "Adjoint.Runtime")]
    [InlineData("Adjoint.Weights", "Adjoint.Graph", "Adjoint.Runtime")]
    [InlineData("Adjoint.Solvers", "Adjoint.Graph", "Adjoint.Passes", "Adjoint.Codegen", "Adjoint.Runtime")]
    [InlineData("Adjoint.Solvers.MathNet", "Adjoint.Graph", "Adjoint.Passes", "Adjoint.Codegen", "Adjoint.Runtime", "Adjoint.Solvers")]
    [InlineData("Adjoint.Onnx", "Adjoint.Graph", "Adjoint.Passes", "Adjoint.Codegen", "Adjoint.Runtime")]
    public void Arrows_point_one_way(string assembly, params string[] allowed) => Assert.Empty(
        Assemblies.Single(a => a.GetName().Name == assembly).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => n.StartsWith("Adjoint", StringComparison.Ordinal)).Except(allowed));

    [Fact]
    public void The_graph_knows_no_expression_trees() => Assert.DoesNotContain(
        typeof(Node).Assembly.GetReferencedAssemblies(), a => a.Name == "System.Linq.Expressions");

    public static TheoryData<string> Names => [.. Assemblies.Select(a => a.GetName().Name!)];

    /// <summary>Set ADJOINT_API=write to take a change of the public surface over into the snapshot.</summary>
    [Theory, MemberData(nameof(Names))]
    public void The_public_surface_is_the_one_that_was_agreed(string assembly)
    {
        string file = Path.Combine(Folder(), $"{assembly}.txt"), surface = Surface(Assemblies.Single(a => a.GetName().Name == assembly));
        if (Environment.GetEnvironmentVariable("ADJOINT_API") == "write")
            File.WriteAllText(file, surface);
        string[] agreed = File.ReadAllLines(file), now = surface.TrimEnd().Split('\n');
        Assert.True(agreed.SequenceEqual(now), $"{file} differs; run this test with ADJOINT_API=write if that is meant.\n" +
            $"gone: {string.Join("\n      ", agreed.Except(now).Take(20))}\nnew:  {string.Join("\n      ", now.Except(agreed).Take(20))}");
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "Api");

    private static string Surface(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type))
                .Append(type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum)
                    ? $" : {Name(b)}" : "").Append('\n');
            foreach (string member in type.GetMembers(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(m => m is not MethodInfo { IsSpecialName: true } || m.Name.StartsWith("op_", StringComparison.Ordinal))
                .Where(m => m is not Type && !IsOfRecords(m)).Select(Describe).Distinct().Order(StringComparer.Ordinal))
                text.Append("  ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    // What the compiler writes for every record says nothing of the design.
    private static bool IsOfRecords(MemberInfo m) => m.Name.StartsWith('<') || m is MethodInfo
    {
        Name: "Equals" or "GetHashCode" or "ToString" or "op_Equality" or "op_Inequality" or "Deconstruct" or "PrintMembers" or "GetType",
    };

    private static string Kind(Type t) => t.IsEnum ? "enum" : t.IsInterface ? "interface" : t.IsValueType ? "struct"
        : typeof(Delegate).IsAssignableFrom(t) ? "delegate" : t is { IsAbstract: true, IsSealed: true } ? "static class"
        : t.IsAbstract ? "abstract class" : "class";

    private static string Describe(MemberInfo m) => m switch
    {
        MethodInfo f => $"{(f.IsStatic ? "static " : "")}{Name(f.ReturnType)} {f.Name}{Arguments(f)}({Parameters(f)})",
        ConstructorInfo c => $"new({Parameters(c)})",
        PropertyInfo p =>
            $"{(p.GetAccessors()[0].IsStatic ? "static " : "")}{Name(p.PropertyType)} {p.Name}{(p.CanWrite ? " { get; set; }" : " { get; }")}",
        FieldInfo f => $"{(f.IsLiteral ? "const " : f.IsStatic ? "static " : "")}{Name(f.FieldType)} {f.Name}",
        _ => m.ToString()!,
    };

    private static string Arguments(MethodInfo f) =>
        f.IsGenericMethod ? $"<{string.Join(", ", f.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase f) =>
        string.Join(", ", f.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.IsOptional ? "?" : "")}"));

    private static string Name(Type t) => t.IsByRef ? $"ref {Name(t.GetElementType()!)}" : t.IsArray ? $"{Name(t.GetElementType()!)}[]"
        : t.IsPointer ? $"{Name(t.GetElementType()!)}*" : t.IsGenericParameter ? t.Name
        : t.IsGenericType
        ? $"{Outer(t)}{t.Name.Split('`')[0]}<{string.Join(", ", t.GetGenericArguments().Select(Name))}>" : $"{Outer(t)}{t.Name}";

    private static string Outer(Type t) => t.IsNested ? $"{Name(t.DeclaringType!)}." : "";
}
