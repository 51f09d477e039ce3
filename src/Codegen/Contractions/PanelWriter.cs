using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Code about panels that packing and product must agree on.</summary>
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
}
