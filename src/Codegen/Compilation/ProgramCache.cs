using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>
/// What was compiled before, by the structure of the computation: compiling an equal one again costs a look through its
/// nodes. For the whole process, safe from many threads, bounded; large ones are held only as long as somebody uses them.
/// </summary>
internal static class ProgramCache
{
    // What is kept alive for the cache's sake alone: nodes of all graphs together, and bytes of the constants of each.
    private const int MostNodes = 32_768;
    private const long MostBytes = 1 << 20;

    private static readonly Lock Sync = new();
    private static readonly Dictionary<int, List<WeakReference<CompiledStructure>>> ByHash = [];
    private static readonly Queue<CompiledStructure> Kept = new();
    private static int keptNodes, swept = 64;

    /// <summary>How many structures are kept alive here.</summary>
    public static int Count
    {
        get
        {
            lock (Sync)
                return Kept.Count;
        }
    }

    /// <summary>Forgets everything; executables are not affected.</summary>
    public static void Clear()
    {
        lock (Sync)
        {
            ByHash.Clear();
            Kept.Clear();
            keptNodes = 0;
        }
    }

    /// <summary>What was or will be compiled for computations of the structure of <paramref name="f"/> under these options.</summary>
    /// <param name="f">The computation.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="variables">Its variable for each one of the structure's source.</param>
    public static CompiledStructure Find(Computation f, CompileOptions options, out IReadOnlyDictionary<Variable, Variable> variables)
    {
        variables = ImmutableDictionary<Variable, Variable>.Empty;
        if (options.Validate)
            return new(f, options);
        int hash = StructuralHash.Of(f);
        foreach (var known in Candidates(hash))
            if (options.CompilesLike(known.Options) && StructuralMatch.Of(known.Source, f) is { } match)
            {
                variables = match;
                return known;
            }
        return Add(hash, new(f, options));
    }

    private static List<CompiledStructure> Candidates(int hash)
    {
        var alive = new List<CompiledStructure>();
        lock (Sync)
            if (ByHash.TryGetValue(hash, out var found))
                foreach (var reference in found)
                    if (reference.TryGetTarget(out var structure))
                        alive.Add(structure);
        return alive;
    }

    private static CompiledStructure Add(int hash, CompiledStructure structure)
    {
        lock (Sync)
        {
            if (ByHash.Count >= swept)
                Sweep();
            (ByHash.TryGetValue(hash, out var list) ? list : ByHash[hash] = []).Add(new(structure));
            Keep(structure);
        }
        return structure;
    }

    private static void Keep(CompiledStructure structure)
    {
        int nodes = structure.Source.Applies.Length;
        if (nodes > MostNodes / 4 || BytesOf(structure.Source) > MostBytes)
            return;
        Kept.Enqueue(structure);
        for (keptNodes += nodes; keptNodes > MostNodes;)
            keptNodes -= Kept.Dequeue().Source.Applies.Length;
    }

    // What was collected leaves empty references behind: swept each time their number may have doubled.
    private static void Sweep()
    {
        foreach (var (hash, list) in ByHash.ToList())
        {
            list.RemoveAll(r => !r.TryGetTarget(out _));
            if (list.Count == 0)
                ByHash.Remove(hash);
        }
        swept = Math.Max(64, 2 * ByHash.Count);
    }

    private static long BytesOf(Computation f) => f.Variables.Sum(v => v.Initial.HeldBytes)
        + f.Applies.Sum(a => a.Op is Constant constant ? (long)constant.Values.Length * constant.Type.DType.Size : 0);
}
