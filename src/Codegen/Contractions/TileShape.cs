using System.Runtime.Intrinsics.Arm;

namespace Adjoint.Codegen;

/// <summary>
/// The part of a product that is accumulated in registers at once: <see cref="Rows"/> broadcasts of a, times
/// <see cref="Columns"/> neighbouring elements of b. Only speed depends on it.
/// </summary>
/// <param name="Rows">Rows of the tile.</param>
/// <param name="Columns"> Columns: whole cache lines, or a narrower
/// register where there are no more. Also the width of packed panels.
/// </param>
internal readonly record struct TileShape(int Rows, int Columns)
{
    /// <summary>Cache lines per row of a tile, at most; where columns of a large b are rows in memory, a panel is many streams.</summary>
    public const int MostLines = 8, TransposedLines = 2;

    /// <summary>Rows of a tile, at most.</summary>
    public const int MostRows = 16;

    /// <summary>
    /// The same where rows of a lie pages apart and are read in place: their lines share one set of the first-level cache.
    /// </summary>
    public const int MostFarRows = 10;

    /// <summary>Whether the widest registers hold a cache line of each of sixteen columns beside the sums of one of them.</summary>
    public bool LeavesRoomForBlock => Rows <= 8;

    // 24 KiB: half of a first-level cache.
    private const int NearLines = 384;

    // Measured: [16, 16] by broadcasts of 16 rows takes a quarter longer than [8, 32] by broadcasts of 8.
    private const double LoadsPerCycle = 1.6;

    // A line of b from the second-level cache, where each tile reads a panel anew.
    private const double FarCycles = 3;

    // To turn a column of a finished tile and store it.
    private const double TurningCycles = 5;

    // What an extent that only a call knows is taken for.
    private const long UnknownRows = 509, UnknownColumns = 1536, UnknownDepth = 256;

    /// <summary>The tile that multiplies [m, k] by [k, n] in the fewest cycles, padding included.</summary>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="k">Products per element.</param>
    /// <param name="elementSize">Bytes per element.</param>
    /// <param name="width">The registers.</param>
    /// <param name="mostLines">Cache lines that a row of the tile may have.</param>
    /// <param name="blockRows">What the tile's rows must divide; 0 for nothing.</param>
    /// <param name="blockColumns">What its columns must divide likewise.</param>
    /// <param name="areWindows">Whether b is windows where they lie: unaligned,
    /// found by a table, and neighbours of what is near already.</param>
    /// <param name="mostRows">Rows that the tile may have.</param>
    public static TileShape For(
        Dim m, Dim n, Dim k, int elementSize, VectorWidth width, int mostLines, long blockRows = 0, long blockColumns = 0,
        bool areWindows = false, int mostRows = MostRows)
    {
        long rows = Guess(m, UnknownRows), columns = Guess(n, UnknownColumns), depth = Guess(k, UnknownDepth);
        int perLine = Memory.LineBytes / elementSize, vectorsPerLine = Memory.LineBytes / Math.Max(width.Bytes(), 16);
        var best = new TileShape(4, perLine);
        double least = double.MaxValue;
        for (int lines = 1; lines <= mostLines; lines++)
            for (int r = 1; r <= mostRows; r++)
            {
                int vectors = lines * vectorsPerLine;
                if (blockRows % r == 0 && blockColumns % (lines * perLine) == 0 && Registers(r, vectors) <= RegistersOf(width)
                    && CyclesOf(r, vectors, rows, columns, depth, lines * perLine, lines, areWindows) is var cycles && cycles < least)
                    (best, least) = (new(r, lines * perLine), cycles);
            }
        return best;
    }

    /// <summary>The tile of windows that are rows, neighbours in lines, and the cycles of all lines: a finished tile is turned.</summary>
    public static (TileShape Tile, double Cycles) ForLines(WindowLine line, Dim windows, Dim n, Dim k, int elementSize, VectorWidth width)
    {
        long columns = Guess(n, UnknownColumns), depth = Guess(k, UnknownDepth);
        double lines = Math.Ceiling((double)Guess(windows, UnknownRows) / line.Across);
        int perLine = Memory.LineBytes / elementSize, vectorsPerLine = Memory.LineBytes / Math.Max(width.Bytes(), 16);
        return (
            from c in Enumerable.Range(1, MostLines)
            from r in line.Axes > 1 ? [(int)line.Across] : Enumerable.Range(1, (int)Math.Min(line.Across, MostRows))
            let vectors = c * vectorsPerLine
            where Registers(r, vectors) <= RegistersOf(width)
            let panels = Math.Ceiling((double)columns / (c * perLine))
            let far = depth * c > NearLines ? panels * depth * c * FarCycles : 0
            let cycles = Math.Max(far, CyclesOf(r, vectors, r, columns, depth, c * perLine, c, areWindows: false))
                + panels * (2 * r * vectors + TurningCycles * c * perLine)
            select (Tile: new TileShape(r, c * perLine), Cycles: lines * line.Tiles(r) * cycles))
            .DefaultIfEmpty((Tile: default, Cycles: double.PositiveInfinity)).MinBy(t => t.Cycles);
    }

    /// <summary>What a product takes with this tile.</summary>
    /// <inheritdoc cref="For"/>
    public double Cycles(Dim m, Dim n, Dim k, int elementSize, VectorWidth width, bool areWindows = false)
    {
        int bytes = Columns * elementSize, vectors = Math.Max(1, bytes / Math.Max(width.Bytes(), 16));
        return CyclesOf(Rows, vectors, Guess(m, UnknownRows), Guess(n, UnknownColumns), Guess(k, UnknownDepth), Columns,
            Math.Max(1, bytes / Memory.LineBytes), areWindows);
    }

    /// <summary>Registers that a matrix fills.</summary>
    public static double Registers(Dim k, Dim n, int elementSize, VectorWidth width) =>
        (double)Guess(k, UnknownDepth) * Guess(n, UnknownColumns) * elementSize / Math.Max(width.Bytes(), 16);

    /// <summary>The same tile in the narrowest registers that hold so many columns.</summary>
    public TileShape Narrowed(Dim columns, int elementSize)
    {
        if (!columns.TryConstant(out long n) || n < 1)
            return this;
        int narrow = Columns;
        while (narrow / 2 >= n && narrow / 2 * elementSize >= 16)
            narrow /= 2;
        return this with { Columns = narrow };
    }

    /// <summary>The part of a tile that fits the registers of a width: rows and vectors that divide the tile's.</summary>
    public (int Rows, int Vectors) Fit(VectorWidth width, int lanes)
    {
        int limit = RegistersOf(width), rows = Rows, vectors = Columns / lanes;
        var fitting =
            from r in Enumerable.Range(1, rows)
            from v in Enumerable.Range(1, vectors)
            where rows % r == 0 && vectors % v == 0 && Registers(r, v) <= limit
            orderby r * v descending, Math.Abs(r - 4 * v)
            select (r, v);
        return fitting.First();
    }

    // Accumulators, a row of b, and the broadcast element of a.
    private static int Registers(int rows, int vectors) => rows * vectors + vectors + 1;

    private static int RegistersOf(VectorWidth width) => width is VectorWidth.Bits512 || AdvSimd.IsSupported ? 32 : 16;

    // Per step of k: two multiply-adds a cycle or a few less loads, and a chain that is one multiply-add (four cycles) long; part
    // of a cycle for each line of b where its panel is more than half the first-level cache. Past eight rows, addresses
    // of rows live in memory, unless they are one address and a number. Per tile: its set-up and its stores.
    private static double CyclesOf(int rows, int vectors, long m, long n, long k, int columns, int lines, bool areWindows)
    {
        int loads = rows + (areWindows ? 2 * vectors + 1 : vectors);
        double addresses = m % rows == 0 ? 0 : Math.Max(0, rows - 8) / 2.0;
        double step = Math.Max(Math.Max(rows * vectors / 2.0, (loads + addresses) / LoadsPerCycle), 4);
        if (k * lines > NearLines && m > rows && !areWindows)
            step += 0.4 * lines;
        return Math.Ceiling((double)m / rows) * Math.Ceiling((double)n / columns) * (step * k + 24 + rows * vectors);
    }

    private static long Guess(Dim extent, long unknown) => extent.TryConstant(out long known) ? Math.Max(known, 1) : unknown;
}
