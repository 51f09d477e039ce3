using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>An algorithm that is generic over the element type; <see cref="DType.Visit{TResult}"/> picks the type.</summary>
public interface IDTypeVisitor<out TResult>
{
    /// <summary>Runs the algorithm for elements of type <typeparamref name="T"/>.</summary>
    TResult Visit<T>() where T : unmanaged;
}

/// <summary>The element type of a tensor. One instance each, compared by reference.</summary>
/// <remarks>Immutable and safe to share between threads. A bool is one byte, 0 or 1.</remarks>
public sealed class DType
{
    private readonly Visitor visitor;

    private DType(string name, Type clrType, int size, bool isFloat, Visitor visitor) =>
        (Name, ClrType, Size, IsFloat, this.visitor) = (name, clrType, size, isFloat, visitor);

    /// <summary>IEEE 754 binary32.</summary>
    public static DType Float32 { get; } = Of<float>("float32", isFloat: true);

    /// <summary>IEEE 754 binary64.</summary>
    public static DType Float64 { get; } = Of<double>("float64", isFloat: true);

    /// <summary>Two's complement, 32 bits.</summary>
    public static DType Int32 { get; } = Of<int>("int32", isFloat: false);

    /// <summary>Two's complement, 64 bits.</summary>
    public static DType Int64 { get; } = Of<long>("int64", isFloat: false);

    /// <summary>Truth values, one byte each.</summary>
    public static DType Bool { get; } = Of<bool>("bool", isFloat: false);

    /// <summary>Two's complement, 8 bits: how quantised tensors are kept. Kernels hold it as int32 and wrap results.</summary>
    public static DType Int8 { get; } = Of<sbyte>("int8", isFloat: false);

    /// <summary>0 to 255: how quantised tensors are kept. Kernels hold it as int32 and wrap results.</summary>
    public static DType UInt8 { get; } = Of<byte>("uint8", isFloat: false);

    /// <summary>Every element type, floats first.</summary>
    public static IReadOnlyList<DType> All { get; } = [Float32, Float64, Int32, Int64, Bool, Int8, UInt8];

    /// <summary>The name that messages and DOT show, such as <c>float32</c>.</summary>
    public string Name { get; }

    /// <summary>The .NET type of an element.</summary>
    public Type ClrType { get; }

    /// <summary>Bytes per element.</summary>
    public int Size { get; }

    /// <summary>Whether derivatives can flow through values of this type.</summary>
    public bool IsFloat { get; }

    /// <summary>Whether this is int32 or int64: what positions and counts are made of.</summary>
    public bool IsInteger => !IsFloat && Size >= 4;

    /// <summary>
    /// Whether this is int8 or uint8, which elementwise ops,
    /// reductions and views take, and products and routines do not.
    /// </summary>
    public bool IsByte => Size == 1 && this != Bool;

    /// <summary>The element type that corresponds to a .NET type.</summary>
    /// <exception cref="ArgumentException">No tensor has elements of that type.</exception>
    public static DType From(Type clrType) =>
        All.FirstOrDefault(d => d.ClrType == clrType)
        ?? throw new ArgumentException(
            $"no tensor has elements of type {clrType}; use one of {string.Join(", ", All.Select(d => d.ClrType.Name))}.",
            nameof(clrType));

    /// <summary>The element type that corresponds to <typeparamref name="T"/>.</summary>
    public static DType From<T>() where T : unmanaged => From(typeof(T));

    /// <summary>Runs a generic algorithm with this element type: the one place where a dtype becomes a type argument.</summary>
    public TResult Visit<TResult>(IDTypeVisitor<TResult> algorithm) => visitor.Accept(algorithm);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static DType Of<T>(string name, bool isFloat) where T : unmanaged =>
        new(name, typeof(T), Unsafe.SizeOf<T>(), isFloat, new Visitor<T>());

    private abstract class Visitor
    {
        public abstract TResult Accept<TResult>(IDTypeVisitor<TResult> algorithm);
    }

    private sealed class Visitor<T> : Visitor where T : unmanaged
    {
        public override TResult Accept<TResult>(IDTypeVisitor<TResult> algorithm) => algorithm.Visit<T>();
    }
}
