using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Delegates by the identity of their code, for the whole process. Bounded: when it is full the oldest half goes, and
/// what no executable holds any more is collected.
/// </summary>
internal static class KernelCache
{
    private const int Capacity = 4096;

    private static readonly ConcurrentDictionary<(string Key, VectorWidth Width), Lazy<Kernel>> Kernels = new();
    private static readonly ConcurrentQueue<(string Key, VectorWidth Width)> Ages = new();

    /// <summary>How many kernels are held.</summary>
    public static int Count => Kernels.Count;

    /// <summary>Forgets every kernel; executables keep theirs.</summary>
    public static void Clear()
    {
        Ages.Clear();
        Kernels.Clear();
    }

    /// <summary>The delegate of a plan: one compiled before, or a new one.</summary>
    /// <exception cref="PlatformNotSupportedException">Dynamic code is switched off.</exception>
    public static Kernel Get(KernelPlan plan, VectorWidth width, out bool compiled)
    {
        bool made = false;
        var kernel = Kernels.GetOrAdd((plan.Key, width), key =>
        {
            Ages.Enqueue(key);
            return new(() =>
            {
                made = true;
                return plan.Compile(width);
            });
        }).Value;
        compiled = made;
        Trim();
        return kernel;
    }

    /// <summary>Throws where expression trees would be interpreted: 20 to 250 times slower, and wrong with by-ref parameters.</summary>
    /// <exception cref="PlatformNotSupportedException">Dynamic code is switched off.</exception>
    public static void DemandDynamicCode()
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled)
            throw new PlatformNotSupportedException(
                "Adjoint compiles kernels at run time, and dynamic code is switched off here (NativeAOT, iOS, or the switch " +
                "System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported). Interpreted, they would be 20 to 250 times " +
                "slower, so nothing was compiled. Publish without PublishAot, and run file-based apps with '#:property PublishAot=false'.");
    }

    private static void Trim()
    {
        if (Kernels.Count <= Capacity)
            return;
        while (Kernels.Count > Capacity / 2 && Ages.TryDequeue(out var oldest))
            Kernels.TryRemove(oldest, out _);
    }
}
