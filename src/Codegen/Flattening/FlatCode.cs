using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>
/// Where an element of a call's memory lies, for each instance of
/// a batch: address = word + index * pitch + instance * stride.
/// </summary>
/// <param name="Type">Its type.</param>
/// <param name="Word">The argument word with the address of the tensor.</param>
/// <param name="Index">Position of the element in one instance, row-major.</param>
/// <param name="Pitch">Bytes from one element of an instance to the next.</param>
/// <param name="Stride">Bytes from one instance to the next; 0 for what all instances share, and where there is only one.</param>
internal sealed record FlatSlot(DType Type, int Word, int Index, Amount Pitch, Amount Stride)
{
    /// <summary>Whether all instances read the same element.</summary>
    public bool IsShared => Stride is { IsConstant: true, Constant: 0 };
}

/// <summary>
/// Straight-line code cut into pieces, each a method that the JIT handles well. What one piece computes and another needs passes
/// through scratch memory: slot numbers past <paramref name="Slots"/> count its places.
/// </summary>
/// <param name="Name">The name of its methods in stack traces.</param>
/// <param name="Slots">Elements of arguments and results.</param>
/// <param name="Once">What all instances of a batch share: computed once per call, before the others.</param>
/// <param name="Segments">What is computed for every instance.</param>
/// <param name="Kept">Places of what <paramref name="Once"/> computes; they come first.</param>
/// <param name="Scratch">Places of what passes from one segment to another.</param>
/// <param name="Words">Words of the argument block.</param>
/// <param name="IsBatch">Whether the code runs over instances, several in one register, or is a single instance.</param>
internal sealed record FlatCode(string Name, ImmutableArray<FlatSlot> Slots, ImmutableArray<Region> Once,
    ImmutableArray<Region> Segments, int Kept, int Scratch, int Words, bool IsBatch)
{
    /// <summary>Slots whose stores go past the caches, where the results that they are of are large.</summary>
    public ImmutableArray<Streamed> Streamed { get; init; } = [];

    /// <summary>The word with the address of the places that <see cref="Once"/> fills.</summary>
    public int KeptWord => Words;

    /// <summary>The word with the address of the places that pass between segments.</summary>
    public int ScratchWord => Words + 1;

    /// <summary>The word with the address of the running segment's constants.</summary>
    public int ConstantsWord => Words + 2;

    /// <summary>Words of the argument block and those that the driver adds.</summary>
    public int AllWords => Words + 3;

    /// <summary>Bytes of one instance's value in a place.</summary>
    public int PlaceSize { get; } = Once.Concat(Segments).SelectMany(r => r.Body.Instructions).Select(i => i.Type.Size).Append(4).Max();

    /// <summary>Instructions of all segments.</summary>
    public int Instructions => Regions.Sum(r => r.Body.Instructions.Count);

    /// <summary>Everything, in the order in which it runs.</summary>
    public IEnumerable<Region> Regions => Once.Concat(Segments);

    /// <summary>How values of the segments are held.</summary>
    public Lanes Lanes(VectorWidth width) => IsBatch
        ? Codegen.Lanes.For(width, Regions.SelectMany(r => r.Body.Instructions).Select(i => i.Type))
        : Codegen.Lanes.For(VectorWidth.Scalar, 8);
}
