using System.Diagnostics.CodeAnalysis;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>Runs the groups of a <see cref="LevelCode"/> one after the other. Values lie in memory of the thread.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Kernels are dropped, not disposed; the memory frees itself.")]
internal sealed unsafe class LevelKernel
{
    private readonly LevelCode code;
    private readonly NativeBuffer table;
    private readonly Kernel[] loops;   // of each group

    private LevelKernel(LevelCode code, string name)
    {
        this.code = code;
        table = new(code.Table.Length * (long)sizeof(int));
        code.Table.CopyTo(table.AsSpan<int>());
        var made = code.Groups.Select(g => g.Shape).Distinct().AsParallel()
            .Select(s => (Shape: s, Loop: LevelEmitter.Emit(s, name).Compile())).ToDictionary(l => l.Shape, l => l.Loop);
        loops = [.. code.Groups.Select(g => made[g.Shape])];
    }

    /// <summary>Bytes of a thread for all values.</summary>
    public static long BytesOf(LevelCode code) => code.Places * (long)LevelCode.PlaceSize;

    /// <summary>The code as one kernel.</summary>
    public static Kernel Compile(LevelCode code, string name) => new LevelKernel(code, name).Run;

    private int Run(long args, long begin, long end)
    {
        long places = ThreadMemory.Address(BytesOf(code));
        code.Constants.CopyTo(new Span<long>((void*)places, code.Constants.Length));
        long* words = stackalloc long[LevelEmitter.Words];
        words[LevelEmitter.Places] = places;
        for (int i = 0; i < loops.Length; i++)
        {
            ref readonly var group = ref code.Groups.ItemRef(i);
            words[LevelEmitter.Table] = table.Address + group.Table * (long)sizeof(int);
            words[LevelEmitter.Results] = places + group.Start * (long)LevelCode.PlaceSize;
            if (group.Word >= 0)
                words[LevelEmitter.Tensor] = ((long*)args)[group.Word];
            loops[i]((long)words, 0, group.Count);
        }
        GC.KeepAlive(table);
        return 0;
    }
}
