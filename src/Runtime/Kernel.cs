namespace Adjoint.Runtime;

/// <summary>Compiled code over a range of its outer loop: the one shape in which codegen hands work to the
/// runtime.</summary>
/// <param name="args">Address of the argument block: 8-byte words holding buffer addresses, extents, strides and the
/// bits of scalars, in the order of <see cref="Step.Args"/>. Read-only to the kernel.</param>
/// <param name="begin">First unit of the outer loop to compute.</param>
/// <param name="end">One past the last unit. Disjoint ranges may run at the same time on different threads.</param>
/// <returns>0, or an error code that <see cref="Plan"/> turns into an exception. A kernel stops at its first error,
/// so that the code of the lowest failing range is the one a serial run would give.</returns>
public delegate int Kernel(long args, long begin, long end);
