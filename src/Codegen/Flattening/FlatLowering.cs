using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>Straight-line code as a program of one kernel.</summary>
internal static class FlatLowering
{
    // About what an instruction costs: of one instance, and of a register of instances per instance.
    private const double NanosecondsPerInstruction = 0.4, NanosecondsPerLaneInstruction = 0.06;

    /// <summary>Instances below which another thread does not pay; a multiple of all lane counts.</summary>
    private const long Grain = 256;

    /// <summary>The program of one instance.</summary>
    /// <param name="source">The user's graph.</param>
    /// <param name="f">The optimised graph.</param>
    /// <param name="flat">Its code.</param>
    /// <param name="options">How to compile.</param>
    public static CompiledProgram Of(Computation source, Computation f, FlatProgram flat, CompileOptions options)
    {
        f = LaunchPlan.DistinctRoots(f);
        return Program(source, f, flat, new ArgumentList(), (_, type) => (new(type.Size), new(0)), Dim.One, options);
    }

    /// <summary>The program of a batch.</summary>
    /// <param name="batch">Its inputs and results, and how instances lie in them.</param>
    /// <param name="flat">The code of one instance.</param>
    /// <param name="options">How to compile.</param>
    public static CompiledProgram Of(Batch batch, FlatProgram flat, CompileOptions options)
    {
        var arguments = new ArgumentList();
        (Amount Pitch, Amount Stride) Steps(int external, DType type) => batch.IsShared(external) ? (new(type.Size), new(0))
            : batch.IsArrays ? (arguments.Number(batch.Extent * type.Size), new(type.Size))
            : (new(type.Size), new(batch.ElementsOf(external) * type.Size));
        return Program(batch.Computation, LaunchPlan.DistinctRoots(batch.Computation), flat, arguments, Steps, batch.Extent, options);
    }

    /// <summary>The kernel of a group.</summary>
    /// <exception cref="GraphException">The group has no straight-line code.</exception>
    public static KernelPlan Of(FusionGroup group, ImmutableHashSet<Soundness> admitted)
    {
        var graph = FlatGraph.Of(group);
        var flat = Flattener.Of(graph, int.MaxValue, admitted) ?? throw new GraphException($"no straight-line code computes {group}.");
        return Plan(group.Name, graph.Externals, flat, new ArgumentList(), (_, type) => (new(type.Size), new(0)), Dim.One);
    }

    private static CompiledProgram Program(Computation source, Computation f, FlatProgram flat, ArgumentList arguments,
        Func<int, DType, (Amount Pitch, Amount Stride)> steps, Dim instances, CompileOptions options)
    {
        var plan = Plan($"{f.Name}_flat", [.. f.Inputs, .. f.Outputs.Select(o => o.Value)], flat, arguments, steps, instances);
        var group = new FusionGroup(plan.Name, GroupKind.Straight, [], [], [], [], Level: 0);
        var (step, places) = (new ProgramStep(plan, KernelCache.Get(plan, options.VectorWidth, out _), group,
            Commits: false), new MemoryPlaces(f));
        return new(f, source, [step], places, new ArenaPlan([], places));
    }

    private static KernelPlan Plan(string name, ImmutableArray<Node> externals, FlatProgram flat, ArgumentList arguments,
        Func<int, DType, (Amount Pitch, Amount Stride)> steps, Dim instances)
    {
        bool isBatch = instances != Dim.One;
        ImmutableArray<FlatSlot> slots = [.. flat.Elements.Select(e =>
        {
            var (pitch, stride) = steps(e.External, e.Type);
            return new FlatSlot(e.Type, arguments.Address(Storage.Owner(externals[e.External]), Dim.Zero), e.Index, pitch, stride);
        })];
        var region = flat.Emittable;
        var levels = isBatch ? null : LevelCode.Of(region, slots);
        var (once, segments, kept, scratch) = levels is not null ? ([], [new Region(region.Body, [], Stores(region))], 0, 0)
            : FlatCut.Of(region, slots.Length, isBatch ? s => slots[s].IsShared : null,
                isBatch ? FlatCut.LaneBudget : FlatCut.ScalarBudget);
        Dim BytesOf(int slot) => MemoryPlaces.BytesOf(Storage.Owner(externals[flat.Elements[slot].External]));
        ImmutableArray<Streamed> streamed = [.. region.Stores
            .Where(s => isBatch && Streamed.Suits(slots[s.Slot].Type, slots[s.Slot].Stride))
            .Select(s => new Streamed(s.Slot, arguments.Number(BytesOf(s.Slot)))).Where(s => s.MayBeLarge)];
        var words = arguments.ToImmutable();
        var code = new FlatCode(name, slots, once, segments, kept, scratch, words.Length, isBatch) { Streamed = streamed };
        double unit = isBatch ? NanosecondsPerLaneInstruction : NanosecondsPerInstruction;
        return new(code.Name, Key(code), width => FlatEmitter.Emit(code, code.Segments[0], width).Lambda, words, instances, Grain,
            instances * code.Instructions, unit, flat.Errors, () => string.Join("\n", code.Regions.Select(r => r.Body)))
        {
            Assemble = width => levels is null ? FlatKernel.Compile(code, width) : LevelKernel.Compile(levels, code.Name),
            ThreadBytes = (width, _) => levels is null ? FlatKernel.BytesOf(code, width) : LevelKernel.BytesOf(levels),
        };
    }

    private static ImmutableArray<(int Slot, Value Value)> Stores(EmittableRegion region) =>
        [.. region.Stores.Select((s, i) => (s.Slot, region.Roots[i]))];

    // A digest of everything that the code depends on.
    private static string Key(FlatCode code)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new List<long>();
        void Digest(params ReadOnlySpan<long> words)
        {
            block.AddRange(words);
            if (block.Count < 4096)
                return;
            hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(block)));
            block.Clear();
        }
        Digest(code.Name.Length);
        foreach (char letter in code.Name)
            Digest(letter);
        Digest(code.Kept, code.Scratch, code.Words, code.IsBatch ? 1 : 0, code.Once.Length, code.Segments.Length, code.Slots.Length);
        foreach (var s in code.Slots)
            Digest(NumberOf(s.Type), s.Word, s.Index, s.Pitch.Constant, s.Pitch.Word, s.Stride.Constant, s.Stride.Word);
        Digest(code.Streamed.Length);
        foreach (var s in code.Streamed)
            Digest(s.Slot, s.Bytes.Constant, s.Bytes.Word);
        foreach (var region in code.Regions)
        {
            Digest(region.Body.Instructions.Count, region.Stores.Length);
            foreach (var (slot, value) in region.Stores)
                Digest(slot, value.Id);
            foreach (var i in region.Body.Instructions)
                Digest((long)i.Opcode, NumberOf(i.Type), i.A, i.B, i.C, i.Immediate);
        }
        hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(block)));
        return $"flat {System.Convert.ToHexString(hash.GetHashAndReset())}";
    }

    private static int NumberOf(DType type)
    {
        for (int number = 0; ; number++)
            if (ReferenceEquals(DType.All[number], type))
                return number;
    }
}
