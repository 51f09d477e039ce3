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
    private static readonly List<(NumberTable Table, NativeBuffer Memory)> All = [];   // keeps memory for the life of the process

    private readonly long address;   // of the numbers as float32, then as float64

    /// <summary>A table of the same facts in each format.</summary>
    public NumberTable(PerFormat<double[]> numbers)
    {
        var memory = new NativeBuffer(Count * (sizeof(float) + sizeof(double)));
        address = memory.Address;
        Array.ConvertAll(numbers.Float32, x => (float)x).CopyTo(memory.AsSpan<float>());
        numbers.Float64.CopyTo(memory.AsSpan<double>()[(Count * sizeof(float) / sizeof(double))..]);
        lock (Gate)
        {
            Id = All.Count;
            All.Add((this, memory));
        }
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Where the numbers of a type lie in memory, aligned to registers.</summary>
    public long AddressOf(DType type) => address + (type == DType.Float32 ? 0 : Count * sizeof(float));

    /// <summary>The table of a number.</summary>
    public static NumberTable At(long id)
    {
        lock (Gate)
            return All[(int)id].Table;
    }
}
