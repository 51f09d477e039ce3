namespace Adjoint.Runtime;

/// <summary>Fills the memory of a new parameter, which is zero.</summary>
/// <param name="bytes">All elements, row-major, in the machine's byte order. Not to be kept.</param>
public delegate void ParameterInitialiser(Span<byte> bytes);
