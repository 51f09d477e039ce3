using System.Linq.Expressions;
using Adjoint.Kernels;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Packs a matrix whose elements are computed on the way: the prologue of a product.</summary>
internal sealed class MapPackEmitter : PackEmitter
{
    private readonly MappedPanels source;
    private readonly EmittableRegion code;
    private readonly ParameterExpression lane;   // columns from the panel's first to lane 0

    private MapPackEmitter(PanelPacking packing, MappedPanels source, EmittableRegion code, VectorWidth width,
        KernelWriter? kernel) : base(packing,
        Lanes.For(width, code.Body.Instructions.Select(i => i.Type).Concat(source.Slots.Select(s => s.Type))
            .Append(packing.Type)), kernel) =>
        (this.source, this.code, lane) = (source, code, Long());

    public MapPackEmitter(PanelPacking packing, MappedPanels source, VectorWidth width, KernelWriter? kernel)
        : this(packing, source, new(source.Code, []), width, kernel) { }

    private int BatchAxes => Packing.Batch.Length;

    // Panels that are full take whole registers where the width allows; the edge counts its columns.
    protected override void Rows(ParameterExpression[] at, ParameterExpression column, ParameterExpression target, Expression? width)
    {
        var row = Long();
        var to = Let(Add(target, Multiply(FirstRow, Number(RowBytes))));
        var constants = BodyEmitter.HoistConstants(code.Body, code.Needed, Lanes, Pool, Code, UnknownZero, HardwareMethods.Registers / 2);
        var cursors = source.Slots.Select(s => Let(Plus(Moved(Word(s.Word), at, s.Strides),
            Plus(Times(FirstRow, Of(s.Strides[BatchAxes])), Times(column, Of(s.Strides[BatchAxes + 1])))))).ToArray();
        bool isFull = width is null && Packing.Columns % Lanes.Count == 0;
        For(row, FirstRow, LastRow, 1, () =>
        {
            For(lane, Number(0), Number(Packing.Columns), Lanes.Count, () =>
            {
                var whole = Let(Least(Number(Lanes.Count), Minus(Number(Packing.Columns), lane)));
                var count = isFull ? null : width is null ? whole : Let(Most(Number(0), Least(whole, Minus(width, lane))));
                Element(new(at, row, column, cursors, count), to, isFull ? null : whole, constants);
            });
            for (int s = 0; s < cursors.Length; s++)
                Step(cursors[s], Of(source.Slots[s].Strides[BatchAxes]));
            Step(to, Number(RowBytes));
        });
    }

    /// <summary>One register of a row.</summary>
    /// <param name="Batch">Coordinates along the batch axes.</param>
    /// <param name="Row">Row of the matrix.</param>
    /// <param name="Column">First column of the panel.</param>
    /// <param name="Cursors">Per slot: its address at that row and column.</param>
    /// <param name="Count">Lanes in use; null for all.</param>
    private sealed record Site(ParameterExpression[] Batch, Expression Row, Expression Column,
        ParameterExpression[] Cursors, Expression? Count);

    private void Element(Site site, Expression to, Expression? whole, IReadOnlyDictionary<int, Expression> constants)
    {
        using var scope = Pool.Scope();
        var emitter = new BodyEmitter(code.Body, Lanes, Pool,
            (i, position) => Leaf(i, position, site)) { Error = Error, Count = site.Count, Known = constants };
        var value = emitter.Emit(code.Roots, Code)[0];
        var address = Plus(to, Multiply(lane, Number(Size)));
        Code.Add(whole is null ? Lanes.Store(Packing.Type, address, value) : Lanes.StorePartial(Packing.Type, address, value, whole));
    }

    private Expression Leaf(Instruction i, GatherPosition? position, Site site) => i.Opcode switch
    {
        Opcode.Load => Load(source.Slots[(int)i.Immediate], site.Cursors[(int)i.Immediate], site.Count),
        Opcode.Gather => position!.Gather(Lanes, i.Type, Word(source.Slots[(int)i.Immediate].Word), site.Count),
        Opcode.Parameter => Lanes.Broadcast(i.Type, Scalar(Of(source.Parameters[(int)i.Immediate]), i.Type)),
        _ => Index(source.Position[(int)i.Immediate], i.Type, site),
    };

    private Expression Index(int axis, DType type, Site site) => axis == BatchAxes + 1
        ? Lanes.Sequence(type, Scalar(Plus(site.Column, lane), type))
        : Lanes.Broadcast(type, Scalar(axis == BatchAxes ? site.Row : site.Batch[axis], type));

    private Expression Load(Slot slot, Expression cursor, Expression? count)
    {
        var stride = slot.Strides[BatchAxes + 1];
        return LoadLanes(Lanes, slot.Type, Plus(cursor, Times(lane, Of(stride))), stride, count);
    }
}
