namespace Adjoint;

/// <summary>Data did not fit an op while a call ran: an index outside its axis, a pivot that is not positive.</summary>
/// <remarks>Names the op and its line. Variables are unchanged; the contents of outputs are unspecified.</remarks>
public sealed class ComputationException : Exception
{
    /// <inheritdoc/>
    public ComputationException(string message) : base(message) { }

    /// <inheritdoc/>
    public ComputationException(string message, Exception inner) : base(message, inner) { }

    /// <inheritdoc/>
    public ComputationException() { }
}
