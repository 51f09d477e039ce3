using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Packs windows whose columns lie side by side along their innermost axis, as those of convolutions with stride 1 do. A
/// register of a panel takes lanes from few runs of neighbours, and the next row takes them from as far apart: where runs begin and
/// which lanes they fill is found once per panel, and a row is masked loads and a store per register.
/// </summary>
internal sealed class RunPackEmitter(PanelPacking packing, WindowPanels source, VectorWidth width, KernelWriter? kernel)
    : WindowPackEmitter(packing, source, width, kernel)
{
    /// <summary>Runs per register, and in all, that are worth their masks.</summary>
    private const int MostPerRegister = 4, MostInAll = 24;

    /// <summary>Whether columns are neighbours, and runs of them not too short.</summary>
    public static bool Suits(PanelPacking packing, WindowPanels source, VectorWidth width)
    {
        if (source.Columns.IsEmpty || source.Columns[^1] is not { Extent: { IsConstant: true, Constant: > 0 },
            Stride: { IsConstant: true } stride }
            || stride.Constant != packing.Type.Size)
            return false;
        int lanes = Lanes.For(width, packing.Type.Size).Count, runs = RunsOf(source, lanes);
        return runs <= MostPerRegister && runs * ((packing.Columns + lanes - 1) / lanes) <= MostInAll && packing.Columns % lanes == 0;
    }

    protected override bool CountsColumns => true;

    protected override void Rows(ParameterExpression[] at, ParameterExpression column, ParameterExpression target, Expression? width)
    {
        var place = Coordinates(column, Source.Columns);
        var offset = Let(Sum(place, Source.Columns));
        var left = Let(width!);
        var registers = Enumerable.Range(0, Packing.Columns / Lanes.Count).Select(_ => Runs(place, offset, left)).ToArray();
        EachRow(at, target, (from, to) =>
        {
            foreach (var (r, runs) in registers.Index())
                Code.Add(Lanes.Store(Packing.Type, Plus(to, Number((long)r * Lanes.Count * Size)),
                    Lanes.LoadRuns(Packing.Type, [.. runs.Select(x => (Add(from, x.Offset) as Expression, x.Lanes as Expression))])));
        });
    }

    /// <summary>A run of neighbours in a register.</summary>
    /// <param name="Offset">Bytes from a row's first element to the one that lane 0 would take.</param>
    /// <param name="Lanes">The mask of its lanes.</param>
    private readonly record struct Run(ParameterExpression Offset, ParameterExpression Lanes);

    /// <summary>How many runs a register may meet: one that ends in it, whole ones, and one that begins.</summary>
    private static int RunsOf(WindowPanels source, int lanes) =>
        1 + (int)((lanes - 2 + source.Columns[^1].Extent.Constant) / source.Columns[^1].Extent.Constant);

    // The runs of the next register; past the last column they are empty.
    private Run[] Runs(ParameterExpression[] place, ParameterExpression offset, ParameterExpression left)
    {
        var filled = Let(Number(0));
        return [.. Enumerable.Range(0, RunsOf(Source, Lanes.Count)).Select(_ =>
        {
            var run = new Run(Long(), Pool.Rent(Lanes.RegisterType(DType.Bool)));
            using var scope = Pool.Scope();
            var room = Let(Least(left, Subtract(Number(Lanes.Count), filled)));
            var length = Let(Least(room, Subtract(Of(Source.Columns[^1].Extent), place[^1])));
            Set(run.Offset, Subtract(offset, Multiply(filled, Number(Size))));
            Set(run.Lanes, Lanes.Between(filled, Add(filled, length)));
            Step(filled, length);
            Step(left, Negate(length));
            Step(place[^1], length);
            Step(offset, Multiply(length, Number(Size)));
            Carry(place, offset, Source.Columns, place.Length - 1);
            return run;
        })];
    }
}
