using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Constants that straight-line code uses more than once, in memory, a place for every use. The JIT would merge equal constants, load
/// each into a register at its first use, and, having no registers left, write it to the stack and read it back; it cannot merge reads
/// of different places, so they stay operands of the instructions that use them. Where stores come in between it cannot merge reads of one
/// place either, and equal constants may share it.
/// </summary>
internal sealed class ConstantTable(Lanes lanes, Expression address, bool sharesPlaces = false)
{
    /// <summary>Bytes of a place.</summary>
    public const int PlaceSize = sizeof(long);

    private readonly List<long> places = [];

    /// <summary>Bytes so far.</summary>
    public int Bytes => places.Count * PlaceSize;

    /// <summary>The code of one more use of a constant. Zero and masks need no memory.</summary>
    public Expression Use(Instruction constant)
    {
        if (constant.Immediate == 0 || constant.Type.Size < 4)
            return lanes.Constant(constant.Type, constant.Immediate);
        int place = sharesPlaces ? places.IndexOf(constant.Immediate) : -1;
        if (place < 0)
        {
            place = places.Count;
            places.Add(constant.Immediate);
        }
        return lanes.Broadcast(constant.Type, Memory.Read(constant.Type.ClrType, AddressOf(place)));
    }

    /// <summary>The statements that write the table.</summary>
    public IEnumerable<Expression> Fill() =>
        places.Select((bits, place) => Memory.Write(AddressOf(place), Expression.Constant(bits)));

    private BinaryExpression AddressOf(int place) => Expression.Add(address, Expression.Constant((long)place * PlaceSize));

    /// <summary>
    /// The table in memory of its own, which whoever runs the code keeps, and code that finds its address: it is the last thing in there,
    /// since an address that the JIT knows would be written out, ten bytes long, for every place.
    /// </summary>
    public (NativeBuffer Memory, Expression Address) ToMemory()
    {
        var memory = new NativeBuffer(Bytes + sizeof(long));
        CopyTo(memory.AsSpan<long>());
        memory.AsSpan<long>()[^1] = memory.Address;
        return (memory, Memory.Read(typeof(long), Expression.Constant(memory.Address + Bytes)));
    }

    /// <summary>Writes the table to the front of a piece of memory.</summary>
    public void CopyTo(Span<long> memory) => places.CopyTo(memory);
}
