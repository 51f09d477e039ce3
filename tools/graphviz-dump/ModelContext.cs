using System.Reflection;
using System.Runtime.Loader;

namespace Adjoint.GraphvizDump;

/// <summary>
/// Loads a model's assembly with its own dependencies. Adjoint itself is the tool's: a computation has to be of the
/// type that the tool knows.
/// </summary>
internal sealed class ModelContext(string assembly) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(assembly))
{
    private readonly AssemblyDependencyResolver resolver = new(assembly);

    /// <summary>Loads the assembly at a path.</summary>
    /// <exception cref="Failure">It is missing or no .NET assembly.</exception>
    public static Assembly Load(string path)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new Failure($"there is no file '{path}'.");
        try
        {
            return new ModelContext(full).LoadFromAssemblyPath(full);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or IOException
            or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new Failure($"'{path}' cannot be loaded as a .NET assembly: {e.Message}");
        }
    }

    protected override Assembly? Load(AssemblyName name) =>
        name.Name is { } simple && simple.StartsWith("Adjoint.", StringComparison.Ordinal) && Shared.Contains(simple) ? null
        : resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    // What falls through to the tool's own context: the libraries whose types both sides name.
    private static readonly HashSet<string> Shared = ["Adjoint.Graph", "Adjoint.Passes", "Adjoint.Codegen", "Adjoint.Runtime"];
}
