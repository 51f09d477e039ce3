using System.Linq.Expressions;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Codegen;

/// <summary>Instructions of this machine that the portable vector classes do not name.</summary>
internal static class HardwareMethods
{
    private static readonly (Type Register, Type Owner)[] Owners =
    [
        .. Avx512F.IsSupported ? [(typeof(Vector512<>), typeof(Avx512F))] : Array.Empty<(Type, Type)>(),
        .. Avx.IsSupported ? [(typeof(Vector256<>), typeof(Avx)), (typeof(Vector128<>), typeof(Sse)), (typeof(Vector128<>), typeof(Sse2))]
            : Array.Empty<(Type, Type)>(),
    ];

    /// <summary>A call of the instruction on registers of an open type such as Vector512&lt;&gt;; null where the machine has none.</summary>
    public static Expression? TryCall(Type register, string name, params Expression[] arguments) =>
        arguments[0].Type.GetGenericTypeDefinition() != register ? null
        : Owners.Where(o => o.Register == register).Select(o => RegisterMethods.TryCall(o.Owner, name, arguments)).FirstOrDefault(c => c is not null);
}
