using System.Collections.Immutable;

namespace Adjoint.Onnx.Importing;

internal sealed partial class OnnxNode
{
    // More extents than a tensor has axes fix no structure.
    private const int MaxList = 64;

    /// <summary>The numbers of an operand if they follow from constants; null if not, or where it is absent.</summary>
    public HostTensor? TryKnown(int input) => Optional(input) is { } node ? importer.State.Knowledge.Of(node) : null;

    /// <summary>The numbers of a value if they follow from constants.</summary>
    public HostTensor? TryKnown(Node node) => importer.State.Knowledge.Of(node);

    /// <summary>The numbers of an operand that fixes a shape or a structure.</summary>
    /// <exception cref="OnnxException">They are not known while the graph is built.</exception>
    public HostTensor Known(int input) => TryKnown(this[input])
        ?? throw new OnnxException($"{where}: input {input} ('{proto.Input[input]}') fixes a shape or a structure and has to be known while the graph is built, " +
            $"but it depends on an input or a variable; bind that input in {nameof(OnnxOptions)}.{nameof(OnnxOptions.Constants)}.") { IsUnsupported = true };

    /// <summary>A known operand of one element.</summary>
    public double KnownScalar(int input) => Numbers.Doubles(Known(input)) is [var only] ? only
        : throw Error($"input {input} is {Known(input)}, not one number");

    /// <summary>A known list of integers.</summary>
    public ImmutableArray<long> Longs(int input) => Known(input) is { Length: <= MaxList } known ? [.. Numbers.Longs(known)]
        : throw Error($"input {input} lists {Known(input).Length} numbers; a tensor has at most {MaxList} axes");

    /// <summary>A list of extents, which may be symbolic.</summary>
    public ImmutableArray<Dim> Extents(int input) => importer.State.Extents.Of(this[input]) ?? [.. Longs(input).Select(Dim.Of)];

    /// <summary>A list of extents that shapes and constants decide, or null.</summary>
    public ImmutableArray<Dim>? TryExtents(Node node) => importer.State.Extents.Of(node);

    /// <summary>
    /// A list of integers that is an attribute until an opset and an input since; null where the file leaves it out.
    /// </summary>
    public ImmutableArray<long>? IntsOrInput(string name, int input, int since) =>
        Opset < since ? Ints(name) : Optional(input) is null ? null : Longs(input);

    /// <summary>Indices that may count from the end, as positions from the beginning.</summary>
    public Node Positions(Node indices, Dim extent)
    {
        if (TryKnown(indices) is { } known && extent.TryConstant(out long count))
            return Ops.Constant(HostTensor.From(Array.ConvertAll(Numbers.Longs(known), i => i < 0 ? i + count : i), known.Shape));
        return Ops.FromEnd(indices, extent);
    }
}
