using System.Collections.Immutable;

namespace Adjoint.Runtime;

/// <summary>An element type that a parameter can have: the CLR type, its name in messages, its code in files, its
/// size.</summary>
internal sealed record ElementKind(Type Type, string Name, byte Code, int Size)
{
    /// <summary>All of them. Codes are part of the file format: never reuse one.</summary>
    public static ImmutableArray<ElementKind> All { get; } =
    [
        new(typeof(bool), "bool", 1, 1),
        new(typeof(byte), "uint8", 2, 1),
        new(typeof(sbyte), "int8", 3, 1),
        new(typeof(ushort), "uint16", 4, 2),
        new(typeof(short), "int16", 5, 2),
        new(typeof(uint), "uint32", 6, 4),
        new(typeof(int), "int32", 7, 4),
        new(typeof(ulong), "uint64", 8, 8),
        new(typeof(long), "int64", 9, 8),
        new(typeof(Half), "float16", 10, 2),
        new(typeof(float), "float32", 11, 4),
        new(typeof(double), "float64", 12, 8),
    ];

    /// <summary>The kind of a CLR type, or null.</summary>
    public static ElementKind? Of(Type type) => All.FirstOrDefault(kind => kind.Type == type);

    /// <summary>The kind with this code, or null.</summary>
    public static ElementKind? Of(byte code) => All.FirstOrDefault(kind => kind.Code == code);
}
