namespace Adjoint.Files;

/// <summary>
/// A file of tensors that is damaged or holds what is not supported. The message names the file, the tensor and the
/// reason.
/// </summary>
public sealed class WeightsException : IOException
{
    /// <inheritdoc/>
    public WeightsException(string message) : base(message) { }

    /// <inheritdoc/>
    public WeightsException(string message, Exception inner) : base(message, inner) { }

    /// <inheritdoc/>
    public WeightsException() { }
}
