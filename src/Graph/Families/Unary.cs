namespace Adjoint.Operations;

/// <summary>A function of one float operand, elementwise.</summary>
public abstract record Unary : Elementwise
{
    /// <inheritdoc/>
    public sealed override int Arity => 1;
}

/// <summary>A function of one float or integer operand, elementwise; its rules hold for floats.</summary>
public abstract record NumberUnary : Unary
{
    /// <inheritdoc/>
    protected override DType ResultType(Inference x)
    {
        x.RequireDType(0, d => d != DType.Bool, "a number");
        return x[0].DType;
    }
}
