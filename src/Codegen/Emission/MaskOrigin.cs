using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>What masks were found by comparing.</summary>
internal static class MaskOrigin
{
    /// <summary>The type of the numbers that a mask compares, bool where nobody knows; null of a value that is no mask.</summary>
    /// <param name="body">The code.</param>
    /// <param name="id">The number of the value.</param>
    public static DType? ComparedBy(this Body body, int id)
    {
        while (body.Instructions[id] is { Type: var type } i && type == DType.Bool)
        {
            if (i.A < 0 || body.Instructions[i.A].Type != DType.Bool)
                return i.A < 0 ? type : body.Instructions[i.A].Type;
            id = i.Opcode == Opcode.Select ? i.B : i.A;
        }
        return null;
    }
}
