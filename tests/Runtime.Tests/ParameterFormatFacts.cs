namespace Adjoint.Runtime.Tests;

public sealed class ParameterFormatFacts : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"adjoint-{Guid.NewGuid():N}.bin");

    public void Dispose() => File.Delete(path);

    private static ParameterStore Store(params float[] w)
    {
        var store = new ParameterStore();
        store.GetOrAdd("wä", typeof(float), [2]);
        store.GetOrAdd("on", typeof(bool), [1, 1]);
        store.GetOrAdd("none", typeof(double), [0, 4]);
        store.Set<float>("wä", w);
        store.Set<bool>("on", [true]);
        return store;
    }

    private static byte[] Saved(ParameterStore store)
    {
        var stream = new MemoryStream();
        store.Save(stream);
        return stream.ToArray();
    }

    [Fact]
    public void What_is_saved_loads_back_bit_for_bit()
    {
        var target = Store(0, 0);
        Store(-0f, BitConverter.Int32BitsToSingle(0x7fc12345)).Save(path);
        target.Load(path);
        Assert.Equal([int.MinValue, 0x7fc12345], target.Get<float>("wä").Select(BitConverter.SingleToInt32Bits));
        Assert.Equal([true], target.Get<bool>("on"));
        Assert.Empty(target.Get<double>("none"));
    }

    [Fact]
    public void Saving_replaces_a_file_and_leaves_no_other()
    {
        Store(1, 2).Save(path);
        Store(3, 4).Save(path);
        var target = Store(0, 0);
        target.Load(path);
        Assert.Equal([3, 4], target.Get<float>("wä"));
        Assert.Single(Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(path) + "*"));
    }

    [Fact]
    public void The_layout_is_the_documented_one()
    {
        var store = new ParameterStore();
        store.GetOrAdd("b", typeof(short), [1]);
        store.Set<short>("b", [0x0102]);
        Assert.Equal(
            "41444A504152414D" + "01000000" + "01000000" + "0100" + "62" + "05" + "01" + "0100000000000000" + "0201" +
            "454E442E",
            Convert.ToHexString(Saved(store)));
    }

    [Fact]
    public void A_stream_is_read_to_the_end_mark_and_no_further()
    {
        var stream = new MemoryStream([.. Saved(Store(1, 2)), 42]);
        Store(0, 0).Load(stream);
        Assert.Equal(42, stream.ReadByte());
    }

    [Fact]
    public void Cut_off_anywhere_a_file_is_refused_and_nothing_changes()
    {
        byte[] saved = Saved(Store(1, 2));
        var target = Store(5, 6);
        for (int length = 0; length < saved.Length; length++)
            Assert.Throws<InvalidDataException>(() => target.Load(new MemoryStream(saved[..length])));
        Assert.Equal([5, 6], target.Get<float>("wä"));
    }

    // Offsets: 8 version, 12 count, 16 length of the first name, 18 name (3 bytes), 21 type, 22 rank, 23 extent, 31
    // data; the second entry begins at 39: 41 name, 43 type, 44 rank, 45 extents, 61 data.
    [Theory]
    [InlineData(0, (byte)'X', "not a parameter file")]
    [InlineData(8, 2, "version 2")]
    [InlineData(12, 2, "entry 2 ('none')|no entry for none")]
    [InlineData(12, 4, "entry 3")]
    [InlineData(15, 255, "entry 3")]
    [InlineData(17, 255, "entry 0")]
    [InlineData(18, (byte)'v', "('vä')")]
    [InlineData(19, 0xff, "UTF-8")]
    [InlineData(21, 12, "float64[2], but the store's parameter is float32[2]")]
    [InlineData(21, 99, "unknown element type 99")]
    [InlineData(22, 200, "rank 200")]
    [InlineData(23, 3, "float32[3]")]
    [InlineData(30, 255, "float32[-")]
    [InlineData(61, 2, "neither 0 nor 1")]
    public void A_damaged_byte_is_named_and_nothing_changes(int offset, byte value, string complaints)
    {
        byte[] saved = Saved(Store(1, 2));
        saved[offset] = value;
        File.WriteAllBytes(path, saved);
        var target = Store(5, 6);
        var refusal = Assert.Throws<InvalidDataException>(() => target.Load(path));
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(complaints.Split('|'), c => refusal.Message.Contains(c, StringComparison.Ordinal));
        Assert.Equal([5, 6], target.Get<float>("wä"));
    }

    [Fact]
    public void Data_after_the_end_of_a_file_is_refused()
    {
        File.WriteAllBytes(path, [.. Saved(Store(1, 2)), 0]);
        Assert.Throws<InvalidDataException>(() => Store(5, 6).Load(path));
    }

    [Fact]
    public void A_file_with_a_second_entry_of_one_name_is_refused()
    {
        byte[] saved = Saved(Store(1, 2));
        byte[] twice = [.. saved[..39], .. saved[16..39], .. saved[39..]];
        Assert.Throws<InvalidDataException>(() => Store(5, 6).Load(new MemoryStream(twice)));
    }
}
