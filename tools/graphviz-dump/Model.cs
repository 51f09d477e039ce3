using System.Reflection;

namespace Adjoint.GraphvizDump;

/// <summary>A public static member that gives a computation.</summary>
/// <param name="Name">Namespace, type and member.</param>
/// <param name="Read">Runs the code that builds it.</param>
internal sealed record Model(string Name, Func<object?> Read)
{
    /// <summary>Every model of an assembly, by name.</summary>
    /// <exception cref="Failure">The assembly's types cannot be read.</exception>
    public static List<Model> Find(Assembly assembly)
    {
        try
        {
            return [.. assembly.GetExportedTypes().Where(t => !t.ContainsGenericParameters).SelectMany(MembersOf).OrderBy(m => m.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is ReflectionTypeLoadException or FileNotFoundException or FileLoadException or TypeLoadException)
        {
            throw new Failure($"the types of '{assembly.GetName().Name}' cannot be read: {(e as ReflectionTypeLoadException)?.LoaderExceptions.FirstOrDefault()?.Message ?? e.Message}");
        }
    }

    /// <summary>The model of a name, which may leave out what no other model needs to be told apart.</summary>
    /// <exception cref="Failure">None fits, or several do.</exception>
    public static Model Choose(IReadOnlyList<Model> models, string name)
    {
        var fitting = models.Where(m => m.Name == name).ToList();
        if (fitting.Count == 0)
            fitting = [.. models.Where(m => m.Name.EndsWith("." + name, StringComparison.Ordinal))];
        return fitting.Count switch
        {
            1 => fitting[0],
            0 => throw new Failure($"no computation is called '{name}'. {Listing(models)}", Failure.Usage),
            _ => throw new Failure($"'{name}' fits several computations; give more of the name. {Listing(fitting)}", Failure.Usage),
        };
    }

    /// <summary>Names, a line each.</summary>
    public static string Listing(IReadOnlyList<Model> models) => models.Count == 0
        ? "There are no public static fields, properties or parameterless methods that give an Adjoint.Computation."
        : "There are:" + string.Concat(models.Select(m => $"\n  {m.Name}"));

    /// <summary>The computation.</summary>
    /// <exception cref="Failure">The member throws or gives null.</exception>
    public Computation Build()
    {
        try
        {
            return (Computation?)Read() ?? throw new Failure($"{Name} gives null.");
        }
        catch (Exception e) when (e is not Failure)
        {
            var cause = e;
            while (cause is TargetInvocationException or TypeInitializationException && cause.InnerException is { } inner)
                cause = inner;
            throw new Failure($"{Name} throws {cause.GetType().Name}: {cause.Message}");
        }
    }

    private static IEnumerable<Model> MembersOf(Type type)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;
        string prefix = type.FullName!.Replace('+', '.');
        foreach (var field in type.GetFields(Public).Where(f => IsModel(f.FieldType)))
            yield return new($"{prefix}.{field.Name}", () => field.GetValue(null));
        foreach (var property in type.GetProperties(Public).Where(p => IsModel(p.PropertyType) && p.GetIndexParameters().Length == 0 && p.GetMethod is { IsPublic: true }))
            yield return new($"{prefix}.{property.Name}", () => property.GetValue(null));
        foreach (var method in type.GetMethods(Public).Where(m => IsModel(m.ReturnType) && !m.IsSpecialName && !m.IsGenericMethod && m.GetParameters().Length == 0))
            yield return new($"{prefix}.{method.Name}", () => method.Invoke(null, null));
    }

    private static bool IsModel(Type type) => typeof(Computation).IsAssignableFrom(type);
}
