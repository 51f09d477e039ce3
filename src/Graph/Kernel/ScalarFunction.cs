using System.Reflection;

namespace Adjoint.Kernels;

/// <summary>
/// A static method of one to three doubles that kernels call lane by lane, for what straight-line code cannot do: series of
/// unknown length, continued fractions. Each method has one number for the life of the process.
/// </summary>
public sealed class ScalarFunction
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<MethodInfo, ScalarFunction> Known = [];
    private static readonly List<ScalarFunction> All = [];

    private ScalarFunction(MethodInfo method, int id) =>
        (Method, Id, Arity, Name) = (method, id, method.GetParameters().Length, $"{method.DeclaringType?.Name}.{method.Name}");

    /// <summary>What is called; it has no state and throws nothing.</summary>
    public MethodInfo Method { get; }

    /// <summary>Its number, which instructions carry.</summary>
    public int Id { get; }

    /// <summary>How many doubles it takes.</summary>
    public int Arity { get; }

    /// <summary>Type and method, for people.</summary>
    public string Name { get; }

    /// <summary>The function of a method group.</summary>
    /// <exception cref="ArgumentException">It is no static method of one to three doubles that gives a double.</exception>
    public static ScalarFunction Of(Delegate function)
    {
        var method = function.Method;
        if (!method.IsStatic || method.ReturnType != typeof(double) || method.GetParameters() is not { Length: >= 1 and <= 3 } parameters
            || parameters.Any(p => p.ParameterType != typeof(double)))
            throw new ArgumentException($"{method} is no static method of one to three doubles; kernels can call no other.", nameof(function));
        lock (Gate)
        {
            if (!Known.TryGetValue(method, out var known))
                All.Add(Known[method] = known = new(method, All.Count));
            return known;
        }
    }

    /// <summary>The function of a number.</summary>
    public static ScalarFunction At(long id)
    {
        lock (Gate)
            return All[(int)id];
    }
}
