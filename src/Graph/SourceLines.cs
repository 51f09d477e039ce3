using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Adjoint;

/// <summary>Turns a method and an IL offset into a source line with the portable PDB beside the assembly.</summary>
internal static class SourceLines
{
    private static readonly ConcurrentDictionary<string, MetadataReaderProvider?> Symbols = new();

    /// <summary>The line of a stack frame, or the method's name where there are no symbols.</summary>
    public static SourceLine Of(StackFrame frame)
    {
        if (frame.GetMethod() is not { } method)
            return new("unknown method", 0);
        string name = $"{method.DeclaringType?.Name}.{method.Name}";
        if (method.Module.Assembly is not { IsDynamic: false, Location: { Length: > 0 } location })
            return new(name, 0);
        try
        {
            return Symbols.GetOrAdd(location, Open) is { } provider
                ? Find(provider.GetMetadataReader(), method, frame.GetILOffset()) ?? new(name, 0) : new(name, 0);
        }
        catch (BadImageFormatException)
        {
            return new(name, 0);
        }
    }

    private static MetadataReaderProvider? Open(string assembly)
    {
        string pdb = Path.ChangeExtension(assembly, ".pdb");
        return File.Exists(pdb) ? MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(pdb)) : null;
    }

    // The last sequence point at or before the offset; hidden points carry no line.
    private static SourceLine? Find(MetadataReader reader, MethodBase method, int offset)
    {
        var handle = MetadataTokens.MethodDefinitionHandle(method.MetadataToken);
        var points = reader.GetMethodDebugInformation(handle).GetSequencePoints()
            .Where(p => !p.IsHidden && p.Offset <= offset).ToList();
        return points.Count == 0 ? null
            : new(reader.GetString(reader.GetDocument(points[^1].Document).Name), points[^1].StartLine);
    }
}
