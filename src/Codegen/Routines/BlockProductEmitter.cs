using System.Linq.Expressions;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Writes a product of blocks, tile by tile in registers: columns outside, so that their part of b stays near.</summary>
internal sealed class BlockProductEmitter : KernelWriter
{
    // Two cache lines of columns: eight rows then keep two multiply-adds per cycle busy with ten loads.
    private const int TileRows = 8, TileBytes = 128;

    private readonly BlockProduct product;
    private readonly Lanes lanes;
    private readonly RegisterTile tile;
    private readonly ParameterExpression row, column;

    private BlockProductEmitter(BlockProduct product)
    {
        (this.product, lanes) = (product, Lanes.For(product.Width, product.Type.Size));
        var (rows, vectors) = new TileShape(TileRows, TileBytes / product.Type.Size).Fit(product.Width, lanes.Count);
        (tile, row, column) = (new(lanes, product.Type, rows, vectors, Pool), Long(), Long());
    }

    private int Size => product.Type.Size;

    private int Columns => tile.Vectors * lanes.Count;

    private Expression RowOfA => product.Layout is BlockLayout.Columns ? Number(Size) : Word(BlockProduct.RowOfA);

    private Expression ColumnOfA => product.Layout is BlockLayout.Rows ? Number(Size) : Word(BlockProduct.ColumnOfA);

    /// <summary>The kernel as a lambda; its range is not used.</summary>
    public static Expression<Kernel> Emit(BlockProduct product)
    {
        var emitter = new BlockProductEmitter(product);
        return emitter.Write("block-product", emitter.Tiles);
    }

    private void Tiles()
    {
        var (m, n) = (Word(BlockProduct.M), Word(BlockProduct.N));
        For(column, Number(0), n, Columns, () =>
        {
            var columns = Let(Minus(n, column));
            For(row, Number(0), m, tile.Rows, () =>
            {
                var rows = Let(Minus(m, row));
                If(And(GreaterThanOrEqual(rows, Number(tile.Rows)), GreaterThanOrEqual(columns, Number(Columns))),
                    () => Tile(null, null), () => Tile(rows, columns));
            });
        });
    }

    // With rows and columns left, those past the last one are not stored: their rows of a repeat the last.
    private void Tile(Expression? rowsLeft, Expression? columnsLeft)
    {
        using var scope = Pool.Scope();
        var counts = Enumerable.Range(0, tile.Vectors).Select(v => columnsLeft is null ? null
            : Let(Most(Number(0), Least(Number(lanes.Count), Minus(columnsLeft, Number((long)v * lanes.Count)))))).ToArray();
        var c = Let(Plus(Plus(Word(BlockProduct.C), Times(row, Word(BlockProduct.RowOfC))), Times(column, Number(Size))));
        Start(c, rowsLeft, counts);
        Accumulate(rowsLeft, counts);
        EachRow(c, rowsLeft, (r, at) =>
        {
            for (int v = 0; v < tile.Vectors; v++)
                Code.Add(counts[v] is { } count ? lanes.StorePartial(product.Type, At(at, v), tile[r, v], count)
                    : lanes.Store(product.Type, At(at, v), tile[r, v]));
        });
    }

    private void Start(ParameterExpression c, Expression? rowsLeft, Expression?[] counts)
    {
        Code.AddRange(tile.Fill((_, _) => lanes.Constant(product.Type, 0)));
        if (product.Adds)
            EachRow(c, rowsLeft, (r, at) =>
                Code.AddRange(Enumerable.Range(0, tile.Vectors).Select(v => Assign(tile[r, v], Vector(at, v, counts)))));
    }

    private void Accumulate(Expression? rowsLeft, Expression?[] counts)
    {
        var a = RowsOfA(rowsLeft);
        var (b, offset, left) = (Let(Plus(Word(BlockProduct.B), Times(column, Number(Size)))), Let(Number(0)), Let(Word(BlockProduct.K)));
        While(GreaterThan(left, Number(0)), () =>
        {
            Code.AddRange(tile.MultiplyAdd(r => Moved(a[r], offset), v => Vector(b, v, counts)));
            Step(offset, ColumnOfA);
            Step(b, Word(BlockProduct.RowOfB));
            Step(left, Number(-1));
        });
    }

    // Numbers from the first where rows are neighbours and all there.
    private Expression[] RowsOfA(Expression? rowsLeft)
    {
        var addresses = new Expression[tile.Rows];
        addresses[0] = Let(Plus(Word(BlockProduct.A), Times(row, RowOfA)));
        for (int r = 1; r < addresses.Length; r++)
            addresses[r] = rowsLeft is null && RowOfA is ConstantExpression ? Plus(addresses[0], Times(Number(r), RowOfA))
                : Let(Plus(addresses[r - 1], rowsLeft is null ? RowOfA : Condition(LessThan(Number(r), rowsLeft), RowOfA, Number(0))));
        return addresses;
    }

    private static BinaryExpression Moved(Expression address, Expression offset) =>
        address is BinaryExpression { NodeType: ExpressionType.Add, Right: ConstantExpression } sum
            ? Add(Add(sum.Left, offset), sum.Right) : Add(address, offset);

    private void EachRow(ParameterExpression first, Expression? rowsLeft, Action<int, ParameterExpression> body)
    {
        var at = Let(first);
        for (int r = 0; r < tile.Rows; r++)
        {
            int line = r;
            If(rowsLeft is null ? Constant(true) : LessThan(Number(line), rowsLeft), () => body(line, at));
            Step(at, Word(BlockProduct.RowOfC));
        }
    }

    private Expression Vector(Expression address, int v, Expression?[] counts) => counts[v] is { } count
        ? lanes.LoadPartial(product.Type, At(address, v), count) : lanes.Load(product.Type, At(address, v));

    private Expression At(Expression address, int v) => Plus(address, Number((long)v * lanes.Count * Size));
}
