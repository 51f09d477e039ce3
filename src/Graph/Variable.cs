using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>
/// A named tensor that outlives calls: weights, optimiser state. This is its declaration and, as a node, its value at
/// the start of a call; the numbers live in a parameter store that executables share.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class Variable : Node
{
    /// <summary>Declares a variable; its elements are float32 unless said otherwise.</summary>
    /// <param name="name">Key in the parameter store; unique within a computation.</param>
    /// <param name="shape">Extents; all must be numbers.</param>
    /// <param name="initial">How a store fills it first; zeros by default.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="ArgumentException">The name is empty or the shape holds a symbol.</exception>
    public Variable(string name, Shape shape, Init? initial = null, DType? dtype = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(self => Apply.OfLeaf(new VariableRead(name, (Variable)self), self, Origin.At(file, line)),
            new(dtype ?? DType.Float32, shape))
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!shape.IsStatic)
            throw new ArgumentException($"variable '{name}' has shape {shape}; a variable's extents are numbers, not symbols.", nameof(shape));
        (Name, Initial) = (name, initial ?? Init.Zeros);
    }

    /// <summary>Key in the parameter store.</summary>
    public string Name { get; }

    /// <summary>How a store fills it first.</summary>
    public Init Initial { get; }
}

/// <summary>A new value for a variable, written when a call has computed everything.</summary>
/// <param name="Variable">What is written.</param>
/// <param name="Value">Its new value, computed from old values only; of the variable's type.</param>
public sealed record Update(Variable Variable, Node Value);
