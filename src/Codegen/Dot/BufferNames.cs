using System.Globalization;
using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>What buffers of a program are called, where they lie and how large they are, as far as symbols are bound.</summary>
internal sealed class BufferNames
{
    private readonly CompiledProgram program;
    private readonly IReadOnlyDictionary<string, long> bindings;
    private readonly ArenaBuffer[]? arena;

    public BufferNames(CompiledProgram program, IReadOnlyDictionary<string, long> bindings)
    {
        (this.program, this.bindings) = (program, bindings);
        if (program.Places.Arena.Select(MemoryPlaces.BytesOf).All(IsKnown))
        {
            (arena, long bytes) = program.Arena.Layout(bindings);
            Arena = string.Create(CultureInfo.InvariantCulture, $"arena of {bytes} bytes");
        }
        else
        {
            Arena = $"peak {PeakMemory.Of(program)} bytes";
        }
    }

    /// <summary>What is known of the whole arena.</summary>
    public string Arena { get; }

    /// <summary>A buffer's name, place and size.</summary>
    public string this[object buffer] => $"{NameOf(buffer)}: {PlaceOf(buffer)}, {Number(MemoryPlaces.BytesOf(buffer))} bytes";

    /// <summary>An extent as a number if its symbols are bound, else as a formula.</summary>
    public string Number(Dim dim) => IsKnown(dim) ? dim.Evaluate(bindings).ToString(CultureInfo.InvariantCulture) : dim.ToString();

    private bool IsKnown(Dim dim) => dim.IsConstant || dim.Symbols.All(bindings.ContainsKey);

    private static string NameOf(object buffer) => buffer is Node node ? $"{node.Op.Label} {node.Type}" : "scratch";

    private string PlaceOf(object buffer) => program.Places[buffer] switch
    {
        { Kind: PlaceKind.External, Index: var i } when i < program.Computation.Inputs.Length => $"argument {i}",
        { Kind: PlaceKind.External, Index: var i } => $"result {i - program.Computation.Inputs.Length}",
        { Kind: PlaceKind.Parameter, Index: var i } => $"variable '{program.Computation.Variables[i].Name}'",
        { Kind: PlaceKind.Constant, Index: var i } => $"constant {i}",
        { Index: var i } => arena is null ? $"arena buffer {i}" : string.Create(CultureInfo.InvariantCulture, $"arena +{arena[i].Offset}"),
    };
}
