using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>Sums of products over a shared axis: code generation gives it a packed, register-blocked kernel of its own.</summary>
public abstract record Contraction : Op;

/// <summary>Adds rows of updates into a tensor at positions that are data: a sequential loop per target row, in index order.</summary>
public abstract record Scatter : Op;
