using System.Linq.Expressions;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Codegen;

/// <summary>Instructions of this machine that the portable vector classes do not name.</summary>
internal static class HardwareMethods
{
    /// <summary>The control of a mantissa in [3/4, 3/2): 1 of both zeros, NaN below.</summary>
    public const byte FromThreeQuarters = 0b11_11;

    private static readonly (Type Register, Type Owner)[] Owners =
    [
        .. Avx512DQ.IsSupported ? [(typeof(Vector512<>), typeof(Avx512F)), (typeof(Vector512<>), typeof(Avx512DQ))]
            : Array.Empty<(Type, Type)>(),
        .. HaveExponents ? [(typeof(Vector256<>), typeof(Avx512F.VL)), (typeof(Vector128<>), typeof(Avx512F.VL))]
            : Array.Empty<(Type, Type)>(),
        .. Avx.IsSupported ? [(typeof(Vector256<>), typeof(Avx)), (typeof(Vector128<>), typeof(Sse)), (typeof(Vector128<>), typeof(Sse2))]
            : Array.Empty<(Type, Type)>(),
    ];

    /// <summary>Whether registers of every width, and single lanes, have scaling by powers of two, exponents and mantissas.</summary>
    public static bool HaveExponents => Avx512F.VL.IsSupported;

    /// <summary>Vector registers, of every width.</summary>
    public static int Registers => Avx512F.VL.IsSupported || AdvSimd.IsSupported ? 32 : 16;

    /// <summary>A call of an instruction on registers.</summary>
    /// <exception cref="MissingMethodException">The machine has none.</exception>
    public static Expression Call(string name, params Expression[] arguments) =>
        TryCall(name, arguments) ?? throw new MissingMethodException($"this machine has no {name} of {arguments[0].Type}.");

    /// <summary>As <see cref="Call"/>, or null where the machine has no such instruction.</summary>
    public static Expression? TryCall(string name, params Expression[] arguments)
    {
        var register = arguments[0].Type.GetGenericTypeDefinition();
        return Owners.Where(o => o.Register == register)
            .Select(o => RegisterMethods.TryCall(o.Owner, name, arguments)).FirstOrDefault(c => c is not null);
    }
}
