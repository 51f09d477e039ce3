namespace Adjoint.Operations;

/// <summary>
/// Adds slices of updates into a tensor at positions that are data: operands are the tensor, int32 or int64 positions
/// and the updates. A sequential loop per target element, in index order, so that bits do not depend on threads.
/// </summary>
/// <param name="Axis">The axis of the tensor that the positions count along.</param>
public abstract record Scatter(int Axis) : Op;
