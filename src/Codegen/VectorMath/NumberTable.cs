using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Sixteen numbers of which code takes one by the low bits of an integer: they fill a register or two, and an instruction that permutes
/// lanes finds them there. Each table has one number for the life of the process, which instructions carry.
/// </summary>
internal sealed class NumberTable
{
    /// <summary>Numbers of a table.</summary>
    public const int Count = 16;

    private static readonly Lock Gate = new();
    private static readonly List<NumberTable> All = [];

    // Float32, then float64.
    private readonly NativeBuffer memory = new(Count * (sizeof(float) + sizeof(double)));

    /// <summary>A table of the same facts in each format.</summary>
    public NumberTable(PerFormat<double[]> numbers)
    {
        Array.ConvertAll(numbers.Float32, x => (float)x).CopyTo(memory.AsSpan<float>());
        numbers.Float64.CopyTo(memory.AsSpan<double>()[(Count * sizeof(float) / sizeof(double))..]);
        lock (Gate)
        {
            Id = All.Count;
            All.Add(this);
        }
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Where the numbers of a type lie in memory, aligned to registers.</summary>
    public long AddressOf(DType type) => memory.Address + (type == DType.Float32 ? 0 : Count * sizeof(float));

    /// <summary>The table of a number.</summary>
    public static NumberTable At(long id)
    {
        lock (Gate)
            return All[(int)id];
    }
}
