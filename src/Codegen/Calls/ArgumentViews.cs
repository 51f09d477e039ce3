using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Codegen;

/// <summary>
/// Arguments of a delegate as spans of elements: arrays of one axis
/// or several, tensors, and structs made of nothing but elements.
/// </summary>
internal static class ArgumentViews
{
    /// <summary>
    /// The span of an argument: itself, or an expression that makes
    /// one and checks the shape; null where it cannot be one.
    /// </summary>
    public static Expression? SpanOf(Expression argument, Node node, string name, bool isOutput)
    {
        var (type, element) = (argument.Type, node.DType.ClrType);
        if (type == typeof(Span<>).MakeGenericType(element) || (!isOutput && type == typeof(ReadOnlySpan<>).MakeGenericType(element)))
            return argument;
        string? method = type == element.MakeArrayType() ? nameof(OfArray)
            : type.IsArray && type.GetElementType() == element && type.GetArrayRank() == node.Rank ? nameof(OfGrid)
            : type == typeof(Tensor<>).MakeGenericType(element) ? nameof(OfTensor)
            : type == typeof(TensorSpan<>).MakeGenericType(element) ? nameof(OfTensorSpan)
            : type == typeof(ReadOnlyTensorSpan<>).MakeGenericType(element) && !isOutput ? nameof(OfReadOnlyTensorSpan) : null;
        if (method is null)
            return null;
        Expression[] shape = method == nameof(OfArray) ? [] : [Expression.Constant(Extents(node))];
        if (method == nameof(OfGrid))
            argument = Expression.Convert(argument, typeof(Array));
        return Expression.Call(typeof(ArgumentViews), method, [element], [argument, .. shape, Expression.Constant(name)]);
    }

    /// <summary>
    /// The extents that the node leaves open, as expressions of an
    /// argument that brings its shape; none where it brings none.
    /// </summary>
    public static ImmutableArray<(int Axis, Expression Length)> ExtentsOf(Expression argument, Node node)
    {
        var type = argument.Type;
        string? method = type.IsArray && type.GetArrayRank() == node.Rank && node.Rank > 1 ? nameof(LengthOfGrid)
            : !type.IsGenericType ? null
            : type.GetGenericTypeDefinition() == typeof(Tensor<>) ? nameof(LengthOfTensor)
            : type.GetGenericTypeDefinition() == typeof(TensorSpan<>) ? nameof(LengthOfTensorSpan)
            : type.GetGenericTypeDefinition() == typeof(ReadOnlyTensorSpan<>) ? nameof(LengthOfReadOnlyTensorSpan) : null;
        if (method is null)
            return [];
        Type[] element = method == nameof(LengthOfGrid) ? [] : [node.DType.ClrType];
        return [.. from axis in Enumerable.Range(0, node.Rank)
                   where !node.Shape[axis].IsConstant
                   select (axis, (Expression)Expression.Call(typeof(ArgumentViews), method, element, argument, Expression.Constant(axis)))];
    }

    internal static long LengthOfGrid(Array array, int axis) => array.GetLongLength(axis);

    internal static long LengthOfTensor<T>(Tensor<T> tensor, int axis) => tensor.Lengths[axis];

    internal static long LengthOfTensorSpan<T>(TensorSpan<T> tensor, int axis) => tensor.Lengths[axis];

    internal static long LengthOfReadOnlyTensorSpan<T>(ReadOnlyTensorSpan<T> tensor, int axis) => tensor.Lengths[axis];

    /// <summary>Whether a struct is the elements of a tensor one after the other, as Vector3 is three floats.</summary>
    public static bool IsStructOf(Type type, Node node) => node.Shape.IsStatic && type.IsValueType && !type.IsPrimitive
        && CountOf(type, node.DType.ClrType) is > 0 and var count && node.Shape.ElementCount.Constant == count;

    /// <summary>The elements of a local that is such a struct.</summary>
    public static Expression OfStruct(ParameterExpression local, Type element, bool isOutput) =>
        Expression.Call(typeof(ArgumentViews), isOutput ? nameof(Written) : nameof(Read), [local.Type, element], local);

    internal static ReadOnlySpan<T> Read<TStruct, T>(ref TStruct value) where TStruct : unmanaged where T : unmanaged =>
        Written<TStruct, T>(ref value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Span<T> Written<TStruct, T>(ref TStruct value) where TStruct : unmanaged where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<TStruct, T>(ref value), Unsafe.SizeOf<TStruct>() / Unsafe.SizeOf<T>());

    internal static Span<T> OfArray<T>(T[]? array, string name) => array ?? throw new ArgumentNullException(name);

    /// <summary>The elements of an array of several axes.</summary>
    internal static Span<T> OfGrid<T>(Array? array, long[] shape, string name)
    {
        ArgumentNullException.ThrowIfNull(array, name);
        for (int a = 0; a < shape.Length; a++)
            if (shape[a] >= 0 && shape[a] != array.GetLongLength(a))
                throw new ArgumentException($"'{name}' needs an array of shape [{Text(shape)}], " +
                    $"got [{string.Join(", ", Enumerable.Range(0, array.Rank).Select(array.GetLength))}].");
        return array.Length == 0 ? [] : MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
    }

    internal static Span<T> OfTensor<T>(Tensor<T>? tensor, long[] shape, string name) =>
        OfTensorSpan((tensor ?? throw new ArgumentNullException(name)).AsTensorSpan(), shape, name);

    internal static Span<T> OfTensorSpan<T>(TensorSpan<T> tensor, long[] shape, string name)
    {
        Check(tensor.Lengths, tensor.Strides, shape, name);
        return tensor.FlattenedLength == 0 ? []
            : MemoryMarshal.CreateSpan(ref tensor.GetPinnableReference(), checked((int)tensor.FlattenedLength));
    }

    internal static ReadOnlySpan<T> OfReadOnlyTensorSpan<T>(ReadOnlyTensorSpan<T> tensor, long[] shape, string name)
    {
        Check(tensor.Lengths, tensor.Strides, shape, name);
        return tensor.FlattenedLength == 0 ? []
            : MemoryMarshal.CreateReadOnlySpan(in tensor.GetPinnableReference(), checked((int)tensor.FlattenedLength));
    }

    // Extents as numbers; -1 for what a call decides.
    private static long[] Extents(Node node) => [.. node.Shape.Select(d => d.TryConstant(out long n) ? n : -1)];

    private static void Check(ReadOnlySpan<nint> lengths, ReadOnlySpan<nint> strides, long[] shape, string name)
    {
        bool fits = lengths.Length == shape.Length;
        nint dense = 1;
        for (int a = shape.Length - 1; a >= 0 && fits; a--)
        {
            fits = (shape[a] < 0 || shape[a] == lengths[a]) && (lengths[a] <= 1 || strides[a] == dense);
            dense *= lengths[a];
        }
        if (!fits)
            throw new ArgumentException($"'{name}' needs a dense tensor of shape [{Text(shape)}], " +
                $"got [{string.Join(", ", lengths.ToArray())}] with strides [{string.Join(", ", strides.ToArray())}].");
    }

    private static string Text(long[] shape) => string.Join(", ", shape.Select(n => n < 0 ? "any" : $"{n}"));

    // Elements in a struct of nothing else; -1 where there is anything else.
    private static int CountOf(Type type, Type element)
    {
        if (type == element)
            return 1;
        if (!type.IsValueType || type.IsPrimitive || type.IsByRefLike)
            return -1;
        int count = 0;
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            if (CountOf(field.FieldType, element) is > 0 and var inside)
                count += inside;
            else
                return -1;
        return count * (type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1);
    }
}
