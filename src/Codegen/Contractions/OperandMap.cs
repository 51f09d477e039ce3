using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// How an operand of a product, most often the second, is made
/// while it is packed, and how what it reads lies along its axes.
/// </summary>
internal sealed class OperandMap
{
    private readonly Prologue prologue;
    private readonly GroupLowering lowering;
    private readonly Region code;
    private readonly Dim[][] strides;   // per slot, per domain axis
    private readonly int k, columns;

    /// <summary>
    /// Lowers the prologue of an operand whose last two axes are k,
    /// which is summed over, and the one that panels cut into columns.
    /// </summary>
    public OperandMap(Prologue prologue, int k, int columns)
    {
        (this.prologue, this.k, this.columns, lowering) = (prologue, k, columns, new(prologue.Map));
        code = lowering.Evaluate(prologue.Value, prologue.At);
        strides = [.. lowering.Slots.Select(s => s.ByteStrides(prologue.Map.Domain.Length))];
    }

    public System.Collections.Immutable.ImmutableArray<string> Errors => lowering.Errors;

    /// <summary>Whether elements are what lies in memory.</summary>
    public bool IsCopy => prologue.Map.Members.IsEmpty;

    /// <summary>Vector instructions per element, at least one.</summary>
    public int Cost => Math.Max(1, code.Body.Instructions.Count);

    /// <summary>Whether what is read, or where it is, differs along an axis of the operand.</summary>
    public bool Varies(int axis) =>
        Parts(axis).Any(d => strides.Any(s => s[d] != Dim.Zero) || lowering.Indexed.Contains(d));

    /// <summary>Extents of the loops along an axis of the operand, outermost first.</summary>
    public IEnumerable<Dim> Extents(int axis) => Parts(axis).Select(d => prologue.Map.Domain[d]);

    /// <summary>
    /// The loops along an axis of the operand, outermost first: extents,
    /// and bytes per step in the memory of what is only copied.
    /// </summary>
    public IReadOnlyList<(Dim Extent, Dim Stride)> Steps(int axis) => [.. Parts(axis).Select(d => (prologue.Map.Domain[d], strides[0][d]))];

    /// <summary>The memory of what is only copied.</summary>
    public GroupLowering.SlotBuilder Memory => lowering.Slots[0];

    /// <summary>
    /// Bytes per step of each axis of the operand where it lies in memory
    /// as a matrix does; null where an axis takes steps of several lengths.
    /// </summary>
    public Dim[]? EvenSteps()
    {
        if (!IsCopy || !Errors.IsEmpty)
            return null;
        var steps = new Dim[Math.Max(k, columns) + 1];
        for (int axis = 0; axis < steps.Length; axis++)
        {
            Dim? step = null, whole = null;   // of the inner loops: one step, and all of them
            foreach (var (extent, stride) in Steps(axis).Reverse().Where(l => l.Extent != Dim.One))
            {
                if (whole is { } inner && stride != inner)
                    return null;
                (step, whole) = (step ?? stride, stride * extent);
            }
            steps[axis] = step ?? Dim.Zero;
        }
        return steps;
    }

    /// <summary>Where packing finds elements, with these of the operand's axes as its batch.</summary>
    public PanelSource Source(ArgumentList arguments, IReadOnlyList<int> batch)
    {
        int[] outer = [.. batch.SelectMany(Parts)];
        return prologue.Map.Members.IsEmpty ? Windows(arguments, outer) : Mapped(arguments, outer);
    }

    private WindowPanels Windows(ArgumentList arguments, int[] batch)
    {
        var (slot, steps) = (lowering.Slots[0], strides[0]);
        AxisPart Part(int d) => new(arguments.Number(prologue.Map.Domain[d]), arguments.Number(steps[d]));
        return new(arguments.Address(slot.Buffer, slot.ByteOffset()), arguments.Numbers(batch.Select(d => steps[d])),
            [.. Parts(k).Select(Part)], [.. Parts(columns).Select(Part)]);
    }

    private MappedPanels Mapped(ArgumentList arguments, int[] batch)
    {
        int[] matrix = [Only(k), Only(columns)];
        int[] loops = [.. batch, .. matrix];
        return new([.. lowering.Slots.Select((s, i) => new Slot(s.Type, arguments.Address(s.Buffer, s.ByteOffset()),
                arguments.Numbers(loops.Select(d => d < 0 ? Dim.Zero : strides[i][d]))))],
            [.. Enumerable.Range(0, prologue.Map.Domain.Length).Select(d => Array.IndexOf(loops, d))],
            arguments.Numbers(lowering.Parameters), code);
    }

    private IEnumerable<int> Parts(int axis) =>
        Enumerable.Range(0, prologue.OperandAxes.Length).Where(d => prologue.OperandAxes[d] == axis);

    private int Only(int axis) => prologue.OperandAxes.IndexOf(axis);
}
