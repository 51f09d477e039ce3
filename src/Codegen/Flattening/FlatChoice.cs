using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>Decides between straight-line code and loops.</summary>
internal static class FlatChoice
{
    /// <summary>The longest code that is made unasked: at 5 to 10 us per instruction, a fifth of a second.</summary>
    public const int Longest = 20_000;

    // Below this nothing is compared: a launch alone costs more.
    private const int Short = 100;

    // About what an instruction of straight-line code costs, and what a launch costs beside its work.
    private const double NanosecondsPerInstruction = 0.4, NanosecondsPerLaunch = 20;

    // Units of work are priced in full registers, and a launch computes one at least.
    private const long LeastWork = 16;

    /// <summary>The straight-line code of an optimised computation; null where loops are to be used.</summary>
    /// <exception cref="GraphException">Straight-line code was demanded, and there is none.</exception>
    public static FlatProgram? Of(Computation f, CompileOptions options)
    {
        var flat = Instances(f, options);
        return flat is null || options.Flatten == Flattening.Always || IsFaster(f, flat) ? flat : null;
    }

    /// <summary>The straight-line code of one instance of a batch: lanes are full whatever the shapes, so it is taken wherever it is not too long.</summary>
    /// <exception cref="GraphException">Straight-line code was demanded, and there is none.</exception>
    public static FlatProgram? Instances(Computation f, CompileOptions options)
    {
        if (options.Flatten == Flattening.Never || options.NanGuard)
            return null;
        bool always = options.Flatten == Flattening.Always;
        var flat = Flattener.Of(f, always ? int.MaxValue : Longest, options.Admitted);
        return flat is not null || !always ? flat : throw new GraphException($"computation '{f.Name}' cannot be straight-line code: it needs shapes that are numbers, no variables, " +
                $"and ops on single elements at known positions ({string.Join(", ", f.Applies.Where(a => !IsUnrolled(a)).Select(a => $"{a.Op.Name} at {a.Origin}").Take(3))}); leave Flatten at Auto.");
    }

    private static bool IsFaster(Computation f, FlatProgram flat)
    {
        int cost = new EmittableRegion(flat.Code, []).Cost;
        return cost <= Short || cost * NanosecondsPerInstruction <= NanosecondsOfLoops(f);
    }

    private static double NanosecondsOfLoops(Computation f) => LaunchPlan.Lowered(f)
        .Sum(l => NanosecondsPerLaunch + Math.Max(l.Plan.Work.Constant, LeastWork) * l.Plan.UnitNanoseconds);

    private static bool IsUnrolled(Apply apply) => apply.Results.All(r => r.Shape.IsStatic)
        && apply.Op is Leaf or Elementwise or Reduction or View or Assembly or MatMul or Generator or Scatter;
}
