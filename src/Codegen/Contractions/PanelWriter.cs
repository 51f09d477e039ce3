using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Code about panels that packing and product must agree on, and walks along axes that are made of several.</summary>
internal abstract class PanelWriter(KernelWriter? kernel = null) : KernelWriter(kernel)
{
    /// <summary>The first panel that is read from its packed copy; all later ones are too.</summary>
    protected static Expression FirstPacked(Packing packing, Expression m, Expression n, int columns)
    {
        var edge = Over(n, Number(columns));
        return packing switch
        {
            Packing.All => Number(0),
            Packing.Edge => edge,
            Packing.WhenTall => Condition(LessThan(m, Number(TiledProduct.TallRows)), edge, Number(0)),
            _ => Number(long.MaxValue),
        };
    }

    /// <summary>The panel that the packed copies begin with.</summary>
    protected static Expression FirstStored(Packing packing, Expression n, int columns) =>
        packing is Packing.Edge ? Over(n, Number(columns)) : Number(0);

    /// <summary>
    /// Moves coordinates and an offset or address along an axis, at
    /// most to its end, with a carry into the next outer one there.
    /// </summary>
    protected void Next(ParameterExpression[] at, ParameterExpression offset, IReadOnlyList<AxisPart> parts, int axis, int by = 1)
    {
        if (axis < 0)
            return;
        Step(at[axis], Number(by));
        Step(offset, Times(Number(by), Of(parts[axis].Stride)));
        Carry(at, offset, parts, axis);
    }

    /// <summary>Carries into the next outer axis where one has ended.</summary>
    protected void Carry(ParameterExpression[] at, ParameterExpression offset, IReadOnlyList<AxisPart> parts, int axis)
    {
        var (extent, stride) = (Of(parts[axis].Extent), Of(parts[axis].Stride));
        If(Equal(at[axis], extent), () =>
        {
            Set(at[axis], Number(0));
            Set(offset, Minus(offset, Times(extent, stride)));
            Next(at, offset, parts, axis - 1);
        });
    }

    /// <summary>The coordinates of a flat position, as locals.</summary>
    protected ParameterExpression[] Coordinates(Expression flat, IReadOnlyList<AxisPart> parts)
    {
        var at = new ParameterExpression[parts.Count];
        for (int a = at.Length - 1; a > 0; a--)
        {
            at[a] = Let(Modulo(flat, Of(parts[a].Extent)));
            flat = Divide(flat, Of(parts[a].Extent));
        }
        if (at.Length > 0)
            at[0] = Let(flat);
        return at;
    }

    /// <summary>The offset of coordinates.</summary>
    protected Expression Sum(IEnumerable<Expression> at, IReadOnlyList<AxisPart> parts) =>
        Moved(Number(0), at, parts.Select(p => p.Stride));

    /// <summary>An address moved by coordinates.</summary>
    protected Expression Moved(Expression address, IEnumerable<Expression> at, IEnumerable<Amount> strides) =>
        at.Zip(strides).Aggregate(address, (sum, step) => Plus(sum, Times(step.First, Of(step.Second))));
}
