using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Which operands may change places.</summary>
internal static class Commuting
{
    /// <summary>Whether an op of two operands gives the same bits (but for the payload of a NaN) when they change places.</summary>
    public static bool Commutes(this Op op) => 
        op is Add or Multiply or Maximum or Minimum or Equal or NotEqual or And or Or or Xor;
}
