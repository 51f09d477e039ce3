namespace Adjoint.Laws.Sparse;

/// <summary>Colourings keep apart what they must, on random patterns.</summary>
public class ColouringFacts
{
    private static SparsityPattern Random(int rows, int columns, double density, int seed)
    {
        var random = new Random(seed);
        return SparsityPattern.FromRows(columns, Enumerable.Range(0, rows)
            .Select(_ => Enumerable.Range(0, columns).Where(_ => random.NextDouble() < density)));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void No_row_has_two_columns_of_one_colour(int seed)
    {
        var pattern = Random(60, 40, 0.02 * seed, seed);
        var colours = Colouring.OfColumns(pattern);
        for (int r = 0; r < 60; r++)
            Assert.Equal(pattern.Row(r).Length, pattern.Row(r).ToArray().Select(c => colours[c]).Distinct().Count());
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Neighbours_differ_and_paths_of_four_have_three_colours(int seed)
    {
        var pattern = Random(40, 40, 0.02 * seed, seed).Symmetric();
        var colours = Colouring.OfSymmetric(pattern);
        int[] Next(int v) => [.. pattern.Row(v).ToArray().Where(w => w != v)];
        for (int a = 0; a < 40; a++)
            foreach (int b in Next(a))
            {
                Assert.NotEqual(colours[a], colours[b]);
                foreach (int c in Next(b).Where(c => c != a))
                    foreach (int d in Next(c).Where(d => d != a && d != b))
                        Assert.True(new[] { colours[a], colours[b], colours[c], colours[d] }.Distinct().Count() >= 3, $"{a} {b} {c} {d}");
            }
    }

    [Fact]
    public void An_arrow_takes_two_colours_where_columns_alone_take_all()
    {
        var arrow = SparsityPattern.FromRows(30, Enumerable.Range(0, 30).Select(r => r == 0 ? Enumerable.Range(0, 30) : [0, r]));
        Assert.Equal(30, Colouring.Count(Colouring.OfColumns(arrow)));
        Assert.Equal(2, Colouring.Count(Colouring.OfSymmetric(arrow)));
    }

    [Fact]
    public void A_transposed_pattern_has_the_elements_mirrored()
    {
        var pattern = Random(20, 30, 0.2, 5);
        Assert.Equal(pattern.ColumnIndices.ToArray(), pattern.Transpose().Transpose().ColumnIndices.ToArray());
        Assert.All(Enumerable.Range(0, 20),
            r => Assert.All(Enumerable.Range(0, 30), c => Assert.Equal(pattern.Contains(r, c), pattern.Transpose().Contains(c, r))));
        Assert.Throws<ArgumentException>(() => SparsityPattern.FromRows(2, [[2]]));
        Assert.Throws<InvalidOperationException>(() => pattern.Symmetric());
    }
}
