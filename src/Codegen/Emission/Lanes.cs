using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Adjoint.Codegen;

/// <summary>
/// How a kernel that computes <see cref="Count"/> elements at once is written as expressions: which type holds a value,
/// how it is loaded and stored, what each instruction becomes.
/// </summary>
/// <remarks>
/// <para>The lane count belongs to the kernel, so a 4-byte value beside 8-byte values takes half a register. A bool in
/// a register is a mask: a vector of integers as wide as the kernel's largest element, all ones or zero; with one
/// lane, a plain bool. In memory it is a byte, 0 or 1. An int8 or uint8 in a register is an int32 in its range.</para>
/// <para>Addresses and byte strides are <see langword="long"/> expressions. A partial access touches no memory past its
/// count (also <see langword="long"/>, from 0 to <see cref="Count"/>). Immutable, safe to share between threads.</para>
/// </remarks>
internal abstract partial class Lanes
{
    private static readonly Lanes Scalar = new ScalarLanes();

    /// <summary>Lanes per register: a power of two.</summary>
    public abstract int Count { get; }

    /// <summary>The lanes of a kernel whose largest element has <paramref name="largestSize"/> bytes.</summary>
    public static Lanes For(VectorWidth width, int largestSize) =>
        width is VectorWidth.Scalar ? Scalar : VectorLanes.Of(width, Math.Max(largestSize, 4));

    /// <summary>The lanes of a kernel over these types; scalar where some values would take less than 128
    /// bits.</summary>
    public static Lanes For(VectorWidth width, IEnumerable<DType> types)
    {
        int[] sizes = [.. types.Where(t => t != DType.Bool).Select(t => Math.Max(t.Size, 4)).Distinct()];
        bool tooNarrow = width is VectorWidth.Bits128 && sizes.Length > 1;
        return For(tooNarrow ? VectorWidth.Scalar : width, sizes.DefaultIfEmpty(4).Max());
    }

    /// <summary>The type that a value is computed in.</summary>
    protected static DType Held(DType type) => type.IsByte ? DType.Int32 : type;

    /// <summary>The type that holds the lanes of a value.</summary>
    public abstract Type RegisterType(DType type);

    /// <summary>The element with these bits in every lane, made from primitive constants.</summary>
    public abstract Expression Constant(DType type, long bits);

    /// <summary>A constant of 4 or 8 bytes, made with a long that is 0.</summary>
    public Expression Constant(DType type, long bits, Expression zero) => BitCast(type, type.Size == 4
        ? Broadcast(DType.Int32, Expression.Or(Expression.Constant((int)bits), Expression.Convert(zero, typeof(int))))
        : Broadcast(DType.Int64, Expression.Or(Expression.Constant(bits), zero)));

    /// <summary>A scalar of the element's .NET type in every lane.</summary>
    public abstract Expression Broadcast(DType type, Expression scalar);

    /// <summary>start, start + 1, ... of an integer type; the start is a scalar of that type.</summary>
    public abstract Expression Sequence(DType type, Expression start);

    /// <summary>Reads <see cref="Count"/> neighbouring elements.</summary>
    public abstract Expression Load(DType type, Expression address);

    /// <summary>Reads the first elements only; the other lanes are 0.</summary>
    public abstract Expression LoadPartial(DType type, Expression address, Expression count);

    /// <summary>
    /// Reads neighbours from several places: the lanes of each one's mask from where they would lie after lane 0 there. No two masks
    /// share a lane; lanes of none are 0, and their memory is not touched. For types as wide as a mask's integers.
    /// </summary>
    public abstract Expression LoadRuns(DType type, IReadOnlyList<(Expression Address, Expression Mask)> runs);

    /// <summary>Reads elements a byte stride apart, which may be negative; with a count, the first ones, the rest is
    /// 0.</summary>
    public abstract Expression LoadStrided(
        DType type, Expression address, Expression byteStride, Expression? count = null);

    /// <summary>Reads at element offsets (a register of int64) from a base; with a count, for the first lanes only,
    /// the rest is 0.</summary>
    public abstract Expression Gather(DType type, Expression address, Expression offsets, Expression? count = null);

    /// <summary>Writes <see cref="Count"/> neighbouring elements.</summary>
    public abstract Expression Store(DType type, Expression address, Expression value);

    /// <summary>Writes past the caches; the address must be aligned to the register.</summary>
    public abstract Expression StoreStreaming(DType type, Expression address, Expression value);

    /// <summary>Writes the first elements only.</summary>
    public abstract Expression StorePartial(DType type, Expression address, Expression value, Expression count);

    /// <summary>Writes elements a byte stride apart; with a count, the first ones only.</summary>
    public abstract Expression StoreStrided(
        DType type, Expression address, Expression byteStride, Expression value, Expression? count = null);

    /// <summary>How many neighbours <see cref="StoreRecords"/> writes to each record at once, most first; none where there is no such
    /// store.</summary>
    public virtual ImmutableArray<int> RecordColumns(DType type) => [];

    /// <summary>Writes the lanes of several registers side by side: lane i of all of them at i byte strides from the address.</summary>
    public virtual Expression StoreRecords(DType type, Expression address, Expression byteStride, IReadOnlyList<Expression> columns) =>
        throw new NotSupportedException($"there are no records of {type} in {Count} lanes.");

    /// <summary>Writes two registers of 4-byte lanes in turns, lane 0 of both first; with a count, as many lanes of each.</summary>
    public virtual Expression StoreTurns(Expression address, Expression a, Expression b, Expression? count) =>
        throw new NotSupportedException($"{Count} lanes take no turns.");

    /// <summary>One lane as a scalar of the element's .NET type.</summary>
    public abstract Expression ExtractLane(DType type, Expression register, int lane);

    /// <summary>Whether a mask fails in some lane, or in one of the first <paramref name="count"/>: a bool.</summary>
    public abstract Expression AnyFalse(Expression mask, Expression? count = null);

    /// <summary>The mask that holds in the first <paramref name="count"/> lanes; the count may be past either end.</summary>
    public abstract Expression Prefix(Expression count);

    /// <summary>The mask of the lanes from a first one up to a last one, which it does not hold.</summary>
    public abstract Expression Between(Expression first, Expression last);

    /// <summary>The lanes of half a register; null where values would take less than 128 bits.</summary>
    public abstract Lanes? Half { get; }

    /// <summary>The lower half of a register.</summary>
    public abstract Expression Lower(DType type, Expression register);

    /// <summary>The upper half of a register.</summary>
    public abstract Expression Upper(DType type, Expression register);
}
