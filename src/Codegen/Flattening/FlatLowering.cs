using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
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

    private static CompiledProgram Program(Computation source, Computation f, FlatProgram flat, ArgumentList arguments,
        Func<int, DType, (Amount Pitch, Amount Stride)> steps, Dim instances, CompileOptions options)
    {
        bool isBatch = instances != Dim.One;
        ImmutableArray<Node> externals = [.. f.Inputs, .. f.Outputs.Select(o => Storage.Owner(o.Value))];
        ImmutableArray<FlatSlot> slots = [.. flat.Elements.Select(e =>
        {
            var (pitch, stride) = steps(e.External, e.Type);
            return new FlatSlot(e.Type, arguments.Address(externals[e.External], Dim.Zero), e.Index, pitch, stride);
        })];
        var (once, segments, kept, scratch) = FlatCut.Of(new EmittableRegion(flat.Code, []), slots.Length,
            isBatch ? s => slots[s].IsShared : null, isBatch ? FlatCut.LaneBudget : FlatCut.ScalarBudget);
        var words = arguments.ToImmutable();
        var code = new FlatCode($"{f.Name}_flat", slots, once, segments, kept, scratch, words.Length, isBatch);
        double unit = isBatch ? NanosecondsPerLaneInstruction : NanosecondsPerInstruction;
        var plan = new KernelPlan(code.Name, Key(code), width => FlatEmitter.Emit(code, code.Segments[0], width).Lambda, words, instances, Grain,
            instances * code.Instructions, unit, flat.Errors, () => string.Join("\n", code.Regions.Select(r => r.Body)))
        {
            Assemble = width => FlatKernel.Compile(code, width),
        };
        var group = new FusionGroup(code.Name, GroupKind.Loop, [], [], [], [], Level: 0);
        var (step, places) = (new ProgramStep(plan, KernelCache.Get(plan, options.VectorWidth, out _), group, Commits: false), new MemoryPlaces(f));
        return new(f, source, [step], places, new ArenaPlan([], places));
    }

    // A digest of everything that the code depends on: the code itself may be millions of characters long.
    private static string Key(FlatCode code)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Append(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
        Append($"{code.Name} {code.Kept} {code.Scratch} {code.Words} {code.IsBatch} {code.Once.Length}|{string.Join('|', code.Slots)}");
        foreach (var region in code.Regions)
        {
            Append($"#{string.Join('|', region.Stores)}#");
            foreach (var i in region.Body.Instructions)
                Append($"{(int)i.Opcode} {i.Type} {i.A} {i.B} {i.C} {i.Immediate};");
        }
        return $"flat {System.Convert.ToHexString(hash.GetHashAndReset())}";
    }
}
