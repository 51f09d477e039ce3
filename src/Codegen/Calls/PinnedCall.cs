using System.Runtime.InteropServices;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>Runs a plan on managed arrays, pinned for as long as it runs.</summary>
internal static class PinnedCall
{
    public static unsafe void Run(Plan plan, ReadOnlySpan<HostTensor> externals, IStepObserver? observer = null)
    {
        Span<GCHandle> handles = externals.Length <= 16 ? stackalloc GCHandle[externals.Length] : new GCHandle[externals.Length];
        Span<long> words = externals.Length <= 16 ? stackalloc long[externals.Length] : new long[externals.Length];
        int pinned = 0;
        try
        {
            for (; pinned < externals.Length; pinned++)
            {
                handles[pinned] = GCHandle.Alloc(externals[pinned].Data, GCHandleType.Pinned);
                words[pinned] = handles[pinned].AddrOfPinnedObject();
            }
            fixed (long* w = words)
                if (observer is null)
                    plan.Run(w);
                else
                    plan.Run(w, observer);
        }
        finally
        {
            for (int i = 0; i < pinned; i++)
                handles[i].Free();
        }
    }
}
