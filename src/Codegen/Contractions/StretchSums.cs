using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Sums over stretches of k that are computed apart, in memory as [stretches, batch, outer, lanes]: how tiles store them, and the kernel
/// that adds them up in order and runs the product's epilogue.
/// </summary>
internal sealed class StretchSums
{
    private readonly ContractionSchedule schedule;
    private readonly ContractionSchedule.Loop outer, lane;   // rows and columns, or the other way round
    private readonly Dim[] strides;                          // in bytes: of each batch loop, then of the outer loop
    private readonly Dim stretch;
    private readonly Temporary memory;

    /// <summary>Lays out the sums.</summary>
    public StretchSums(ContractionSchedule schedule)
    {
        this.schedule = schedule;
        (outer, lane) = LiesAlongRows ? (schedule.N, schedule.M) : (schedule.M, schedule.N);
        Dim[] extents = [.. schedule.Batch.Select(l => l.Extent), outer.Extent, lane.Extent];
        strides = [.. Enumerable.Range(1, extents.Length - 1).Select(i => Dim.Product(extents[i..]) * schedule.Type.Size)];
        stretch = Dim.Product(extents) * schedule.Type.Size;
        memory = new(schedule.Stretches * stretch);
    }

    /// <summary>The product with the sums of each stretch stored by themselves.</summary>
    public TiledProduct Stored(TiledProduct product, ArgumentList arguments)
    {
        var code = new Body();
        Dim[] inTile = [strides[^1], schedule.Type.Size];
        return product with
        {
            Apart = arguments.Number(stretch),
            Slots = [Slot(arguments, [.. strides[..^1], .. LiesAlongRows ? inTile.Reverse() : inTile])],
            Epilogue = new(code, [], [(0, code.Carried(schedule.Type, 0))]),
        };
    }

    /// <summary>The kernel that adds them up.</summary>
    /// <param name="name">Its name.</param>
    public LoopKernel Join(string name)
    {
        var (arguments, type) = (new ArgumentList(), schedule.Type);
        var stretches = new ContractionSchedule.Loop(-1, schedule.Stretches, [.. schedule.M.Strides.Select(_ => Dim.Zero)]);
        ContractionSchedule.Loop[] rows = [.. schedule.Batch, outer], loops = [.. rows, stretches, lane];
        var slots = schedule.Slots(arguments, loops).Add(Slot(arguments, [.. strides, stretch, type.Size]));
        Body loop = new(), first = new(), merge = new();
        // What -0 is added to keeps its sign: one stretch alone has the bits of all others.
        var sum = new Accumulation([0], first, [first.Constant(type, -0.0)],
            [loop.Add(loop.Carried(type, 0), loop.Load(type, slots.Length - 1))],
            merge, [merge.Add(merge.Carried(type, 0), merge.Carried(type, 1))], new Operations.Sum(Axes.Of(0), false));
        var nest = new LoopNest(name, slots, arguments.Numbers(rows.Select(l => l.Extent)), [arguments.Number(stretches.Extent)],
            arguments.Number(lane.Extent), LaneIsInner: false, schedule.Positions(loops),
            arguments.Numbers(schedule.Lowering.Parameters), [type],
            [new(new(new(), [], []), new(loop, [], []), [sum]), new(schedule.Epilogue, null, [])]);
        var (range, sums) = (Dim.Product(rows.Select(l => l.Extent)), Dim.Product(loops.Select(l => l.Extent)));
        return new(nest, arguments.ToImmutable(), range, LoopSchedule.GrainOfRows(range, sums), sums, schedule.Lowering.Errors);
    }

    // Where results are neighbours along rows of the product, or tiles store them so, lanes lie along rows.
    private bool LiesAlongRows => schedule.Lines is not null
        || (schedule.Epilogue.Stores is [var (result, _), ..] && schedule.M.OfSlot(result) == schedule.Lowering.Slots[result].Type.Size);

    private Slot Slot(ArgumentList arguments, IEnumerable<Dim> bytes) =>
        new(schedule.Type, arguments.Address(memory, Dim.Zero), arguments.Numbers(bytes));
}
