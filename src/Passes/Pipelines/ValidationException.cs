namespace Adjoint.Passes;

/// <summary>A pass changed the answer by more than its label allows.</summary>
public sealed class ValidationException : Exception
{
    /// <inheritdoc/>
    public ValidationException(string message) : base(message) { }

    /// <inheritdoc/>
    public ValidationException(string message, Exception inner) : base(message, inner) { }

    /// <inheritdoc/>
    public ValidationException() { }

    /// <summary>The pass at fault.</summary>
    public string? Pass { get; init; }

    /// <summary>The rule at fault, where it could be told.</summary>
    public Rule? Rule { get; init; }
}
