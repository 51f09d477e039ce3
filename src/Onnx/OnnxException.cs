namespace Adjoint.Onnx;

/// <summary>
/// A file that cannot be read or imported. The message names the file, the node where there is one, and the reason.
/// </summary>
public sealed class OnnxException : Exception
{
    /// <inheritdoc/>
    public OnnxException(string message) : base(message) { }

    /// <inheritdoc/>
    public OnnxException(string message, Exception inner) : base(message, inner) { }

    /// <inheritdoc/>
    public OnnxException() { }

    /// <summary>Whether the file is sound as far as can be seen and asks for something that is not supported.</summary>
    public bool IsUnsupported { get; init; }
}
