using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Operators whose result's shape depends on values: only of values known while the graph is built.</summary>
internal static class Selections
{
    public static IEnumerable<Importer> All =>
        [One("NonZero", NonZero), One("Compress", Compress), Many("Unique", Unique),
        One("NonMaxSuppression", NonMaxSuppression)];

    private static Node NonZero(OnnxNode x)
    {
        var t = x.Known(0);
        double[] values = Numbers.Doubles(t);
        long[][] found = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0).Select(i => Coordinates(i, t.Shape))];
        return Ops.Constant(HostTensor.From(Enumerable.Range(0, t.Rank).SelectMany(a => found.Select(at => at[a]))
            .ToArray(), [t.Rank, found.Length]));
    }

    // Only which elements are kept has to be known.
    private static Node Compress(OnnxNode x)
    {
        long[] kept = [.. Numbers.Longs(x.Known(1)).Index().Where(c => c.Item != 0).Select(c => (long)c.Index)];
        var (t, axis) = x.Has("axis")
            ? (x[0], x.Axis(x.Int("axis", 0), x[0].Rank)) : (Ops.Reshape(x[0], [x[0].Shape.ElementCount]), 0);
        return Ops.Gather(t, Ops.Constant(HostTensor.From(kept)), axis);
    }

    // Slices along an axis (or elements), each once, with where it is first, which of them each is, and how often it is.
    private static ImmutableArray<Node> Unique(OnnxNode x)
    {
        var t = x.Known(0);
        bool whole = !x.Has("axis");
        int axis = whole ? 0 : x.Axis(x.Int("axis", 0), t.Rank);
        var slices = whole ? [.. Numbers.Doubles(t).Select(v => new[] { v })] : Slices(t, axis);
        int[] sorted = [.. Enumerable.Range(0, slices.Length).OrderBy(i => slices[i], Comparer<double[]>.Create(Compare))];
        var groups = new List<List<int>>();
        foreach (int i in sorted)
            if (groups.Count > 0 && Compare(slices[groups[^1][0]], slices[i]) == 0)
                groups[^1].Add(i);
            else
                groups.Add([i]);
        if (!x.Flag("sorted", true))
            groups.Sort((a, b) => a[0].CompareTo(b[0]));
        long[] which = new long[slices.Length];
        for (int u = 0; u < groups.Count; u++)
            foreach (int i in groups[u])
                which[i] = u;
        var firsts = Ops.Constant(HostTensor.From(groups.Select(g => (long)g[0]).ToArray()));
        return
        [
            Ops.Gather(whole ? Ops.Reshape(x[0], [t.Length]) : x[0], firsts, axis), firsts, Ops.Constant(HostTensor.From(which)),
            Ops.Constant(HostTensor.From(groups.Select(g => (long)g.Count).ToArray())),
        ];
    }

    private static double[][] Slices(HostTensor t, int axis)
    {
        double[] values = Numbers.Doubles(t);
        var shape = t.Shape.ToArray();
        int inner = (int)shape.Skip(axis + 1).Aggregate(1L, (n, d) => n * d), count = (int)shape[axis], block = inner * count;
        return [.. Enumerable.Range(0, count).Select(k => Enumerable.Range(0, block == 0 ? 0 : values.Length / block)
            .SelectMany(outer => values.AsSpan(outer * block + k * inner, inner).ToArray()).ToArray())];
    }

    private static int Compare(double[] a, double[] b) => a.AsSpan().SequenceCompareTo(b);

    // Greedy: the best box of a class, then the best that overlaps none taken by more than the threshold.
    private static Node NonMaxSuppression(OnnxNode x)
    {
        var (boxes, scores) = (x.Known(0), x.Known(1));
        long limit = x.Optional(2) is null ? 0 : (long)x.KnownScalar(2);
        double overlap = x.Optional(3) is null
            ? 0 : x.KnownScalar(3), least = x.Optional(4) is null ? double.NegativeInfinity : x.KnownScalar(4);
        if (boxes.Rank != 3 || scores.Rank != 3 || boxes.Shape[2] != 4 || boxes.Shape[0] != scores.Shape[0]
            || boxes.Shape[1] != scores.Shape[2])
            throw x.Error($"boxes {boxes} and scores {scores} do not fit");
        x.Charge((long)(scores.Length * Math.Min((double)Math.Max(limit, 0), scores.Shape[2]) / 100));
        int batches = (int)scores.Shape[0], classes = (int)scores.Shape[1], count = (int)scores.Shape[2];
        var (corners, ranks, taken) = (Corners(Numbers.Doubles(boxes), x.Flag("center_point_box")),
            Numbers.Doubles(scores), new List<long>());
        for (int b = 0; b < batches; b++)
            for (int c = 0; c < classes; c++)
            {
                var mine = new List<int>();
                double Score(int i) => ranks[(b * classes + c) * count + i];
                foreach (int i in Enumerable.Range(0, count).Where(i => Score(i) > least).OrderByDescending(Score))
                    if (mine.Count < limit
                        && mine.TrueForAll(m => Overlap(corners[b * count + m], corners[b * count + i]) <= overlap))
                        mine.Add(i);
                taken.AddRange(mine.SelectMany(i => new long[] { b, c, i }));
            }
        return Ops.Constant(HostTensor.From(taken.ToArray(), [taken.Count / 3, 3]));
    }

    private readonly record struct Box(double Top, double Left, double Bottom, double Right)
    {
        public double Area => (Bottom - Top) * (Right - Left);
    }

    // [y, x, y, x] with corners in any order, or [x, y, width, height] around a centre.
    private static Box[] Corners(double[] v, bool centred) => [.. v.Chunk(4).Select(c => centred
        ? new Box(c[1] - c[3] / 2, c[0] - c[2] / 2, c[1] + c[3] / 2, c[0] + c[2] / 2)
        : new Box(Math.Min(c[0], c[2]), Math.Min(c[1], c[3]), Math.Max(c[0], c[2]), Math.Max(c[1], c[3])))];

    private static double Overlap(Box a, Box b)
    {
        double height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top), width = Math.Min(a.Right, b.Right)
            - Math.Max(a.Left, b.Left);
        double shared = height > 0 && width > 0 ? height * width : 0;
        return shared > 0 ? shared / (a.Area + b.Area - shared) : 0;
    }

    private static long[] Coordinates(long position, ReadOnlySpan<long> shape)
    {
        var at = new long[shape.Length];
        for (int a = shape.Length - 1; a >= 0; a--)
            (position, at[a]) = Math.DivRem(position, Math.Max(1, shape[a]));
        return at;
    }
}
