namespace Adjoint.Runtime;

/// <summary>What a kernel returned that is not 0.</summary>
/// <param name="Launch">Which of those that ran side by side.</param>
/// <param name="Code">Its error code; 0 where none failed.</param>
internal readonly record struct Failure(int Launch, int Code);
