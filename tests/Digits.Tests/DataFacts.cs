namespace Digits.Tests;

public class DataFacts : IdxFolders
{
    [Fact]
    public void The_digits_inside_the_program_are_complete()
    {
        var digits = UciDigits.Load();
        Assert.Equal((1797, 64), (digits.Count, digits.PixelsPerImage));
        Assert.All(digits.Pixels, p => Assert.InRange(p, 0f, 1f));
        Assert.Equal(10, digits.Labels.Distinct().Count());
    }

    [Fact]
    public void A_fifth_is_held_out_and_the_seed_says_which()
    {
        var digits = UciDigits.Load();
        Split a = digits.HoldOut(1), b = digits.HoldOut(1), c = digits.HoldOut(2);
        Assert.Equal((1438, 359), (a.Train.Count, a.Test.Count));
        Assert.Equal(a.Test.Pixels, b.Test.Pixels);
        Assert.NotEqual(a.Test.Pixels, c.Test.Pixels);
        Assert.Equal(digits.Pixels.Sum(p => (double)p), a.Train.Pixels.Concat(a.Test.Pixels).Sum(p => (double)p), 6);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("1,2,3", "line 1: 3 fields instead of 65")]
    [InlineData("GOOD\n17REST", "line 2: '17' is not a number from 0 to 16")]
    [InlineData("GOOD\nxREST", "line 2: 'x' is not a number from 0 to 16")]
    [InlineData("-1REST", "line 1: '-1' is not a number")]
    public void Lines_that_are_no_digits_are_named(string text, string message)
    {
        string rest = string.Concat(Enumerable.Repeat(",1", 64));
        text = text.Replace("GOOD", "1" + rest, StringComparison.Ordinal).Replace("REST", rest, StringComparison.Ordinal);
        Assert.Contains(message, Assert.Throws<DataException>(() => UciDigits.Parse(new StringReader(text), "test.csv")).Message);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Idx_files_are_read_gzipped_or_not(bool gzip)
    {
        byte[] Pack(byte[] bytes) => gzip ? IdxBytes.Gzip(bytes) : bytes;
        string suffix = gzip ? ".gz" : "";
        var split = IdxFolder.Load(Folder(
            ("train-images-idx3-ubyte" + suffix, Pack(IdxBytes.Images(20))),
            ("train-labels-idx1-ubyte" + suffix, Pack(IdxBytes.Labels(20)))), seed: 1);
        Assert.Equal((16, 4, 6), (split.Train.Count, split.Test.Count, split.Train.PixelsPerImage));
        for (int i = 0; i < split.Test.Count; i++)
            Assert.Equal(split.Test.Labels[i] * 25 / 255f, split.Test.Pixels[6 * i + 5]);
    }

    [Fact]
    public void Test_files_are_used_where_present()
    {
        var split = IdxFolder.Load(Folder(("train-images", IdxBytes.Images(20)), ("train-labels", IdxBytes.Labels(20)),
            ("t10k-images", IdxBytes.Images(7)), ("t10k-labels", IdxBytes.Labels(7))), seed: 1);
        Assert.Equal((20, 7), (split.Train.Count, split.Test.Count));
    }

    public static TheoryData<string, byte[], byte[]> Damaged => new()
    {
        { "ends within its header", [0, 0, 8, 3, 0], IdxBytes.Labels(5) },
        { "starts with 0x00000801", IdxBytes.Labels(5), IdxBytes.Labels(5) },
        { "starts with 0x00000C03", IdxBytes.Of(0xC03, [5, 2, 3], new byte[30]), IdxBytes.Labels(5) },
        { "announce 30 bytes, but 29 follow", IdxBytes.Of(0x803, [5, 2, 3], new byte[29]), IdxBytes.Labels(5) },
        { "announce 30 bytes, but 31 follow", IdxBytes.Of(0x803, [5, 2, 3], new byte[31]), IdxBytes.Labels(5) },
        { "extent 0 of axis 1 is not possible", IdxBytes.Of(0x803, [5, 0, 3], []), IdxBytes.Labels(5) },
        { "extent 4294967295 of axis 0 is not possible", IdxBytes.Of(0x803, [-1, 2, 3], new byte[6]), IdxBytes.Labels(5) },
        { "extent 60000 of axis 1 is not possible", IdxBytes.Of(0x803, [60000, 60000, 60000], new byte[6]), IdxBytes.Labels(5) },
        { "has 5 images", IdxBytes.Images(5), IdxBytes.Labels(6) },
        { "label 2 is 10, not a digit", IdxBytes.Images(3), IdxBytes.Of(0x801, [3], [1, 2, 10]) },
        { "too few to hold out a fifth", IdxBytes.Images(4), IdxBytes.Labels(4) },
        { "announce 1200 bytes", IdxBytes.Gzip(IdxBytes.Images(200))[..40], IdxBytes.Labels(200) },
        { "cannot be read", [0x1F, 0x8B, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], IdxBytes.Labels(5) },
        { "ends within its header", [], IdxBytes.Labels(5) },
    };

    [Theory, MemberData(nameof(Damaged))]
    public void Damaged_files_are_named(string message, byte[] images, byte[] labels)
    {
        string folder = Folder(("train-images.gz", images), ("train-labels.gz", labels));
        Assert.Contains(message, Assert.Throws<DataException>(() => IdxFolder.Load(folder, seed: 1)).Message);
    }

    [Fact]
    public void Missing_files_and_folders_are_named()
    {
        Assert.Contains("no folder", Assert.Throws<DataException>(() => IdxFolder.Load("no/such/folder", 1)).Message);
        Assert.Contains("no file train-images*", Assert.Throws<DataException>(() => IdxFolder.Load(Folder(), 1)).Message);
        Assert.Contains("no file t10k-labels*",
            Assert.Throws<DataException>(() => IdxFolder.Load(Folder(("train-images", IdxBytes.Images(9)),
            ("train-labels", IdxBytes.Labels(9)), ("t10k-images", IdxBytes.Images(5))), 1)).Message);
    }
}
