using System.Collections.Immutable;
using System.Text;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>Which panels of b, each as wide as a tile, are read from packed copies [k, columns] padded with zeros.</summary>
internal enum Packing
{
    /// <summary>None: b is dense along n, and panels divide it.</summary>
    None,

    /// <summary>The last one, which is not full.</summary>
    Edge,

    /// <summary>All where a has enough rows for it to pay, else the last one.</summary>
    WhenTall,

    /// <summary>All.</summary>
    All,
}

/// <summary>A matrix in memory. Strides are in bytes.</summary>
/// <param name="Word">Argument word with the address of the first element.</param>
/// <param name="Batch">Per batch axis.</param>
/// <param name="Row">From one row to the next.</param>
/// <param name="Column">From one column to the next.</param>
internal sealed record MatrixAccess(int Word, ImmutableArray<Amount> Batch, Amount Row, Amount Column)
{
    public override string ToString() => $"w{Word} [{string.Join(" ", Batch)} {Row} {Column}]";
}

/// <summary>Packed panels in memory.</summary>
/// <param name="Word">Argument word with the address of the first panel.</param>
/// <param name="Batch">Bytes per step of each batch axis.</param>
internal sealed record PackedPanels(int Word, ImmutableArray<Amount> Batch)
{
    public override string ToString() => $"w{Word} [{string.Join(" ", Batch)}]";
}

/// <summary>Reductions of a product's epilogue. The kernel's range then counts strips: some panels of a group of row tiles.</summary>
/// <param name="Rows">Blocks of rows, and accumulators down their columns.</param>
/// <param name="Columns">Blocks of columns, and accumulators along their rows.</param>
/// <param name="GroupTiles">Row tiles per group: whole blocks of rows, if there are such accumulators.</param>
/// <param name="StripPanels">Panels per strip: whole blocks of columns likewise.</param>
internal sealed record TileTotals(RowBlocks Rows, ColumnBlocks Columns, int GroupTiles, int StripPanels)
{
    public override string ToString() => $"{Rows} {Columns} groups of {GroupTiles} strips of {StripPanels}";
}

/// <summary>
/// The kernel IR of a matrix product: [batch, m, k] by [batch, k, n] in tiles, and code that runs at each element of a
/// finished tile. Everything that the code depends on is here, so <see cref="Key"/> identifies the code.
/// </summary>
/// <param name="Name">The kernel's name in stack traces and reports.</param>
/// <param name="Type">Element type of operands, sums and product.</param>
/// <param name="Tile">What is accumulated in registers at once.</param>
/// <param name="Span">Products per element before the next tile's turn: a stretch of k, or less.</param>
/// <param name="Slice">Products per element between visits to a tile's sums in memory: a block of k, or a part of one.</param>
/// <param name="Batch">Extents of the batch axes.</param>
/// <param name="M">Rows.</param>
/// <param name="N">Columns.</param>
/// <param name="K">Products per element.</param>
/// <param name="A">[m, k]; null where its rows are windows.</param>
/// <param name="TileOfA">Where a is packed: bytes from one row tile to the next, each [k, rows].</param>
/// <param name="B">[k, n]; null where it exists in packed copies only.</param>
/// <param name="Packing">Which panels of b are read from packed copies.</param>
/// <param name="Packed">The copies.</param>
/// <param name="Within">How a panel of b is packed just before its tiles, into memory of the thread; null where no panel is.</param>
/// <param name="Partials">Argument word with the memory of sums that wait for a tile's next turn; -1 where one turn is all.</param>
/// <param name="Slots">Memory of the epilogue, with strides along batch axes, m and n.</param>
/// <param name="Position">Per domain axis: which of these loops it is, or -1 where it was merged away.</param>
/// <param name="Parameters">Scalars of the call.</param>
/// <param name="Epilogue">Code per element; carried value 0 is the product.</param>
internal sealed record TiledProduct(string Name, DType Type, TileShape Tile, int Span, int Slice,
    ImmutableArray<Amount> Batch, Amount M, Amount N,
    Amount K, MatrixAccess? A, Amount? TileOfA, MatrixAccess? B, Packing Packing, PackedPanels? Packed,
    PanelPacking? Within, int Partials, ImmutableArray<Slot> Slots,
    ImmutableArray<int> Position, ImmutableArray<Amount> Parameters, Region Epilogue)
{
    /// <summary>
    /// Products per block of k. Each block of an element is one chain of fused multiply-adds from zero, and blocks are
    /// added in order, whatever the tile: a part of what results mean, so it never follows the hardware.
    /// </summary>
    public static int DepthOf(DType type) => type.Size == 4 ? 384 : 256;

    /// <summary>
    /// Products per stretch of k: blocks are added in order within a stretch, then the sums of stretches. A part of what results mean too,
    /// and of nothing but k, so that stretches may be computed by different threads where there are few tiles.
    /// </summary>
    public static int StretchOf(DType type) => 8 * DepthOf(type);

    /// <summary>Tiles below which stretches of k are computed apart: enough for threads to share.</summary>
    public const long FewTiles = 64;

    /// <summary>Rows of a from which on packing all of b pays.</summary>
    public const long TallRows = 256;

    /// <summary>Columns of b, and products per element, from which on packing a pays where k is not its inner axis.</summary>
    public const long WideColumns = 256, DeepProducts = 128;

    /// <summary>Bytes of b that do not stay in the second-level cache while tiles take all of k.</summary>
    public const long LargeBytes = 1 << 20;

    /// <summary>Bytes of a panel of b that stay in the first-level cache beside rows of a.</summary>
    public const long NearBytes = 24 << 10;

    /// <summary>Bytes of b that no cache keeps from call to call.</summary>
    public const long UncachedBytes = 1 << 24;

    /// <summary>Rows of b that are read together through all panels: as many streams of memory as the processor foresees.</summary>
    public const int StreamedRows = 32;

    /// <summary>Row tiles from which on moving sums to memory and back between such groups of rows costs more than it saves.</summary>
    public const long SeveralTiles = 5;

    /// <summary>Elements of each column of b that are read together where columns are its inner axis: a few cache lines.</summary>
    public const int StreamedColumns = 64;

    /// <summary>
    /// Columns of b from which on it is the second operand; rows
    /// of a, and products per element, from which on less are not.
    /// </summary>
    public const long FewColumns = 9, ManyRows = 64, LongRows = 32;

    /// <summary>Windows that b is, read where they lie; null where it is a matrix or packed copies.</summary>
    public WindowsInPlace? Windows { get; init; }

    /// <summary>Windows that are the rows of a; null where it is a matrix.</summary>
    public WindowLines? Lines { get; init; }

    /// <summary>Reductions of the epilogue; null where there are none.</summary>
    public TileTotals? Totals { get; init; }

    /// <summary>Row tiles that go through a panel of b before the next panel's turn: a fair number, of so many bytes of a each.</summary>
    public static int GroupTilesOf(long tileBytes) => (int)Math.Clamp(GroupBytes / (tileBytes + 1), FewestGroupTiles, MostGroupTiles);

    /// <summary>Bytes of a that such a group has, if that is a fair number of row tiles.</summary>
    public const long GroupBytes = 1 << 20;

    /// <summary>What is a fair number.</summary>
    public const int FewestGroupTiles = 8, MostGroupTiles = 64;

    /// <summary>Products per block of k.</summary>
    public int Depth => DepthOf(Type);

    /// <summary>Whether blocks of k are cut: their chains of multiply-adds wait in memory and go on.</summary>
    public bool CutsBlocks => Slice < Depth;

    /// <summary>Bytes of a tile's sums.</summary>
    public int TileBytes => Tile.Rows * Tile.Columns * Type.Size;

    /// <summary>Products per stretch of k.</summary>
    public int Stretch => StretchOf(Type);

    /// <summary>
    /// Bytes from the sums of one stretch of k to the next one's, in slot 0, where stretches are computed apart: the range then goes
    /// through all tiles for one stretch after the other, and the epilogue only stores. Null where each tile takes all of k.
    /// </summary>
    public Amount? Apart { get; init; }

    /// <summary>Whether there is but one stretch of k to a tile's sums.</summary>
    public bool IsOneStretch => Apart is not null || (K.IsConstant && K.Constant <= Stretch);

    /// <summary>Whether a tile's next turn comes before its stretch is done.</summary>
    public bool WaitsWithin => Span < Stretch;

    /// <summary>
    /// Bytes of a tile's sums between its turns: where these end within a stretch, those of its whole blocks and, where blocks are cut, the
    /// present block's so far; and those of whole stretches.
    /// </summary>
    public int WaitingBytes => (WaitsWithin ? SumsOfStretch : 0) + (IsOneStretch ? 0 : TileBytes);

    /// <summary>Rows of a panel that are packed at once, into memory of the thread: at most so many; 0 where none are.</summary>
    public long RowsPacked => Within is null ? 0 : PacksSlices ? Slice : Span;

    /// <summary>Whether a panel serves one tile only.</summary>
    public bool HasOneRowTile => M.IsConstant && M.Constant <= Tile.Rows;

    /// <summary>Whether that tile packs a slice of its panel at a time.</summary>
    public bool PacksSlices => Within is not null && HasOneRowTile;

    /// <summary>Rows of windows whose offsets wait in memory of the thread: those of a stretch, or at most all; 0 without windows.</summary>
    public long RowsWithOffsets => Windows is null && Lines is null ? 0 : Apart is null ? long.MaxValue : Stretch;

    /// <summary>Bytes of memory of a thread, for k of this extent.</summary>
    public long ThreadBytes(long k) =>
        Math.Min(k, RowsPacked) * Tile.Columns * Type.Size + Math.Min(k, RowsWithOffsets) * sizeof(long);

    /// <summary>Bytes of a tile's sums within a stretch.</summary>
    public int SumsOfStretch => (CutsBlocks ? 2 : 1) * TileBytes;

    /// <summary>The identity of the code: kernels with equal keys are the same delegate.</summary>
    public string Key => ToString();

    /// <summary>Tiles, operands and code as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Name).Append(": ").Append(Type).Append(" product ").Append(M).Append(' ').Append(N).Append(' ').Append(K)
            .Append(" batch ").AppendJoin(' ', Batch).Append("\ntile ").Append(Tile)
            .Append(" span ").Append(Span).Append(" slice ").Append(Slice)
            .Append("\na ").Append(A).Append(' ').Append(TileOfA).Append("\nb ").Append(B)
            .Append("\npacked ").Append(Packing).Append(' ').Append(Packed).Append(' ').Append(Within)
            .Append("\nwindows ").Append(Windows).Append(Lines)
            .Append("\ntotals ").Append(Totals)
            .Append("\npartials w").Append(Partials).Append(" apart ").Append(Apart)
            .Append("\nslots ").AppendJoin(", ", Slots).Append(" axes ").AppendJoin(' ', Position)
            .Append(" parameters ").AppendJoin(' ', Parameters)
            .Append("\nstore ").AppendJoin(' ', Epilogue.Stores.Select(s => $"{s.Slot}={s.Value}")).Append('\n');
        Append(text, Epilogue.Body);
        foreach (var first in Totals is null ? [] : new[] { Totals.Rows.First, Totals.Columns.First })
        {
            text.Append("first ").AppendJoin(' ', first.Stores.Select(s => $"{s.Slot}={s.Value}")).Append('\n');
            Append(text, first.Body);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, Body body)
    {
        foreach (var i in body.Instructions)
            text.Append(i.Opcode).Append('.').Append(i.Type).Append(' ').Append(i.A).Append(' ').Append(i.B)
                .Append(' ').Append(i.C).Append(" #").Append(i.Immediate).Append('\n');
    }
}
