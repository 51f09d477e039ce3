using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>A region with its mathematics expanded: the values to compute, and where each goes.</summary>
internal sealed class EmittableRegion
{
    private static readonly Dictionary<int, int> NoRuns = [];
    private static readonly HashSet<int> NoPositions = [];

    private readonly LoopNest? lanes;
    private readonly IReadOnlySet<int> alike;

    /// <param name="region">The code.</param>
    /// <param name="steps">What loops carry on.</param>
    /// <param name="lanesOf">The loops whose lanes the code runs in; null where it runs in others, or once for all lanes.</param>
    public EmittableRegion(Region region, IEnumerable<(int Carried, Value Value)> steps, LoopNest? lanesOf = null)
    {
        (int Carried, Value Value)[] assigned = [.. region.Defines, .. steps];
        var (legal, legalised) = Legalise.Run(region.Body);
        Value[] roots = [.. region.Stores.Select(s => legalised[s.Value.Id]), .. assigned.Select(a => legalised[a.Value.Id])];
        (Body, var settled) = SettledChoices.Run(legal, roots);
        Stores = region.Stores;
        Targets = [.. assigned.Select(a => a.Carried)];
        Roots = [.. roots.Select(r => settled[r.Id])];
        lanes = lanesOf;
        Runs = lanesOf?.Lane is null ? NoRuns : LaneRuns.Of(Body, lanesOf);
        alike = Alike();
        Needed = BodyCost.Needed(Body, Roots, Runs);
        Cost = BodyCost.Estimate(Body, Needed, Runs);
        (CarriedUsed, Types, Calls) = Survey();
    }

    private EmittableRegion(EmittableRegion region, OrderedCode code, IReadOnlyDictionary<int, int> runs)
    {
        (Body, Roots, KeepsOrder, Runs, lanes) = (code.Body, code.Roots, code.KeepsOrder, runs, region.lanes);
        alike = Alike();
        (Stores, Targets, Cost, CarriedUsed, Types, Calls) =
            (region.Stores, region.Targets, region.Cost, region.CarriedUsed, region.Types, region.Calls);
        Needed = BodyCost.Needed(Body, Roots, Runs);
    }

    private EmittableRegion(EmittableRegion region, Body body, Func<int, int> numberOf,
        ImmutableArray<(int Slot, Value Value)> stores, ImmutableArray<(int Carried, Value Value)> defines)
    {
        (Body, Stores, Targets, lanes) = (body, stores, [.. defines.Select(d => d.Carried)], region.lanes);
        Roots = [.. stores.Select(s => s.Value), .. defines.Select(d => d.Value)];
        (Runs, alike) = (region.Runs.ToDictionary(r => numberOf(r.Key), r => r.Value), region.alike.Select(numberOf).ToHashSet());
        Needed = BodyCost.Needed(Body, Roots, Runs);
        Cost = BodyCost.Estimate(Body, Needed, Runs);
        (CarriedUsed, Types, Calls) = Survey();
    }

    private (ImmutableArray<int> Carried, ImmutableArray<DType> Types, bool Calls) Survey()
    {
        var (carried, types, calls) = (new List<int>(), new List<DType>(), false);
        foreach (int id in Needed)
        {
            var i = Body.Instructions[id];
            if (!types.Contains(i.Type))
                types.Add(i.Type);
            if (i.Opcode == Opcode.Carried)
                carried.Add((int)i.Immediate);
            calls |= i.Opcode is Opcode.Call or Opcode.CallWhere;
        }
        return ([.. carried.Distinct()], [.. types], calls);
    }

    /// <summary>Whether an instruction is a gather that may read in every lane, in use or not.</summary>
    public bool ReadsAlike(Instruction i) => i.Opcode is Opcode.Gather && alike.Contains(i.A);

    private IReadOnlySet<int> Alike() => lanes?.Lane is null ? NoPositions
        : AlikePositions.Of(Body, axis => lanes.Position[axis] == lanes.LoopCount - 1);

    /// <summary>Some of the code, for other results.</summary>
    /// <param name="body">The code.</param>
    /// <param name="numberOf">The number in it of each value that it has.</param>
    /// <param name="stores">What goes to memory.</param>
    /// <param name="defines">What is carried on.</param>
    public EmittableRegion Part(Body body, Func<int, int> numberOf,
        ImmutableArray<(int Slot, Value Value)> stores, ImmutableArray<(int Carried, Value Value)> defines) =>
        new(this, body, numberOf, stores, defines);

    /// <summary>Long code in the order that asks for fewest registers.</summary>
    public EmittableRegion InOrder()
    {
        var (code, runs) = RegisterOrder.Run(Body, Roots, Runs);
        return code.KeepsOrder ? new(this, code, runs) : this;
    }

    public Body Body { get; }

    /// <summary>Whether the order of the code is meant.</summary>
    public bool KeepsOrder { get; }

    /// <summary>Stores, then carried values: what the roots are for.</summary>
    public ImmutableArray<(int Slot, Value Value)> Stores { get; }

    public ImmutableArray<int> Targets { get; }

    public IReadOnlyList<Value> Roots { get; }

    /// <summary>Gathers that are loads, by number: elements from one lane to the next, 1 or 0.</summary>
    public IReadOnlyDictionary<int, int> Runs { get; }

    /// <summary>The instructions that each lane computes, operands first.</summary>
    public IReadOnlyList<int> Needed { get; }

    /// <summary>Vector instructions.</summary>
    public int Cost { get; }

    /// <summary>The carried values that the code reads.</summary>
    public ImmutableArray<int> CarriedUsed { get; }

    /// <summary>Element types of the values that are computed.</summary>
    public ImmutableArray<DType> Types { get; }

    /// <summary>Whether scalar functions are called.</summary>
    public bool Calls { get; }
}

/// <summary>A stage of a loop nest with its mathematics expanded.</summary>
/// <param name="stage">The stage.</param>
/// <param name="nest">The loops.</param>
/// <param name="inOrder">Whether long code comes in the order that asks for fewest registers.</param>
internal sealed class EmittableStage(Stage stage, LoopNest nest, bool inOrder = false)
{
    public EmittableRegion Before { get; } = Ordered(new(stage.Before, [], nest.LaneIsInner ? null : nest), inOrder);

    public EmittableRegion? Loop { get; } = stage.Loop is null ? null
        : Ordered(new(stage.Loop, stage.Accumulations.SelectMany(a => a.Carried.Zip(a.Step)), nest), inOrder);

    public ImmutableArray<Accumulation> Accumulations { get; } = stage.Accumulations;

    public int Cost => Before.Cost + (Loop?.Cost ?? 0);

    /// <summary>Element types of the values that are computed, in the loop alone or before it too.</summary>
    public IEnumerable<DType> Types(bool inLoopOnly) => (inLoopOnly ? [] : Before.Types).Concat(Loop?.Types ?? []);

    private static EmittableRegion Ordered(EmittableRegion region, bool inOrder) => inOrder ? region.InOrder() : region;
}
