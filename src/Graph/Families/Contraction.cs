namespace Adjoint.Operations;

/// <summary>Sums of products over a shared axis: code generation gives it a packed, register-blocked kernel of its own.</summary>
public abstract record Contraction : Op;
