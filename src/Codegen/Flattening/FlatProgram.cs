using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>An element of an input or output of a computation: what straight-line code loads and stores.</summary>
/// <param name="External">Number of the input, or of the output after all inputs.</param>
/// <param name="Index">Position of the element, row-major.</param>
/// <param name="Type">Its type.</param>
internal readonly record struct FlatElement(int External, int Index, DType Type);

/// <summary>A computation over small tensors as straight-line code on their elements.</summary>
/// <param name="Code">The code; slots are <paramref name="Elements"/>.</param>
/// <param name="Elements">What the code loads and stores, by slot.</param>
/// <param name="Errors">Messages of the errors that it reports; code 1 is the first.</param>
internal sealed record FlatProgram(Region Code, ImmutableArray<FlatElement> Elements, ImmutableArray<string> Errors)
{
    private EmittableRegion? emittable;

    /// <summary>The code with its mathematics expanded. Made once: whoever weighs it and whoever emits it ask for it.</summary>
    public EmittableRegion Emittable => emittable ??= new(Code, []);
}
