using System.Text;

namespace Adjoint.Onnx.Tests;

/// <summary>Tensors go to files and come back; files of others are read as they are meant.</summary>
public class WeightFacts
{
    private static readonly Dictionary<string, HostTensor> Tensors = new()
    {
        ["matrix"] = new float[,] { { 1, -2, float.NaN }, { 4, float.PositiveInfinity, -0f } },
        ["vector"] = new double[] { 1e-300, 2 },
        ["scalar"] = HostTensor.Scalar(7L),
        ["empty"] = HostTensor.From(Array.Empty<int>(), [0, 3]),
        ["flags"] = new bool[] { true, false, true },
    };

    [Fact]
    public void Safetensors_come_back_bit_by_bit() =>
        ComeBack(s => Safetensors.Write(s, Tensors, new Dictionary<string, string> { ["format"] = "test" }), s =>
        Safetensors.Read(s));

    [Fact]
    public void Npz_come_back_bit_by_bit() => ComeBack(s => Npz.Write(s, Tensors), s => Npz.Read(s));

    [Fact]
    public void Npy_come_back_bit_by_bit()
    {
        foreach (var tensor in Tensors.Values)
        {
            using var stream = new MemoryStream();
            Npy.Write(stream, tensor);
            Assert.Equal(0, (stream.Length - tensor.Bytes.Length) % 64);
            stream.Position = 0;
            Same(tensor, Npy.Read(stream));
        }
    }

    [Fact]
    public void Elements_of_safetensors_start_at_a_multiple_of_eight()
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, Tensors);
        Assert.Equal(0, (8 + BitConverter.ToInt64(stream.ToArray())) % 8);
    }

    [Fact]
    public void Column_major_and_big_endian_arrays_are_put_right()
    {
        // [[1, 2, 3], [4, 5, 6]] as '>i4' in Fortran order.
        byte[] data = [.. new[] { 1, 4, 2, 5, 3, 6 }.SelectMany(v => BitConverter.GetBytes(v).Reverse())];
        Same(new int[,] { { 1, 2, 3 }, { 4, 5, 6 } },
            Npy.Read(new MemoryStream(NpyFile("{'descr': '>i4', 'fortran_order': True, 'shape': (2, 3), }", data))));
    }

    [Fact]
    public void Short_floats_are_widened_exactly()
    {
        byte[] halves = [.. new[] { 1.5, -0.333251953125 }.SelectMany(v => BitConverter.GetBytes((Half)v))];
        Same(new float[] { 1.5f, -0.333251953125f },
            Npy.Read(new MemoryStream(NpyFile("{'shape': (2,), 'fortran_order': False, 'descr': '<f2'}", halves))));
        byte[] file = SafetensorsFile("""{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", [0xC0, 0x3F, 0x80, 0xBF]);
        Same(new float[] { 1.5f, -1 }, Safetensors.Read(new MemoryStream(file))["w"]);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "does not take bytes 0 to 4")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "starts at byte 4")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "16 bytes are announced")]
    [InlineData("""{"w":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", "type C64")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "does not take")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "does not take")]
    [InlineData("""{"w":""", "cannot be understood")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "goes on behind")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "called 'a'")]
    public void A_header_that_lies_is_refused(string header, string reason)
    {
        var e = Assert.Throws<WeightsException>(() =>
            Safetensors.Read(new MemoryStream(SafetensorsFile(header, new byte[8])), "w.safetensors"));
        Assert.StartsWith("w.safetensors", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_of_much_memory_allocates_none()
    {
        byte[] file = NpyFile("{'descr': '<f8', 'fortran_order': False, 'shape': (200000000,), }", new byte[8]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WeightsException>(() => Npy.Read(new MemoryStream(file)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8_000_000);
    }

    [Fact]
    public void Stores_give_and_take_tensors()
    {
        Variable w = new("w", [2, 3]), b = new("b", [3], dtype: DType.Float64);
        var store = new ParameterStore();
        store.Take([new("w", new float[,] { { 1, 2, 3 }, { 4, 5, 6 } })]);
        new Computation([], [w * 2, b * 2]).Compile(store);
        store.Take([new("b", new double[] { 7, 8, 9 })]);
        var tensors = store.ToTensors();
        Assert.Equal(["w", "b"], tensors.Keys);
        Same(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }, tensors["w"]);
        Same(new double[] { 7, 8, 9 }, tensors["b"]);
        Assert.Throws<InvalidOperationException>(() => store.Take([new("b", new float[] { 1, 2, 3 })]));
        Same(new double[] { 7, 8, 9 }, store.ToTensors()["b"]);
    }

    private static void ComeBack(Action<Stream> write, Func<Stream, IReadOnlyDictionary<string, HostTensor>> read)
    {
        using var stream = new MemoryStream();
        write(stream);
        stream.Position = 0;
        var back = read(stream);
        Assert.Equal(Tensors.Keys, back.Keys);
        foreach (var (name, tensor) in Tensors)
            Same(tensor, back[name]);
    }

    private static void Same(HostTensor expected, HostTensor got)
    {
        Assert.Equal(expected.ToString(), got.ToString());
        Assert.True(expected.Bytes.SequenceEqual(got.Bytes));
    }

    private static byte[] NpyFile(string header, byte[] data) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length + 1), 0, .. Encoding.ASCII.GetBytes(header), (byte)'\n', .. data];

    private static byte[] SafetensorsFile(string header, byte[] data) =>
        [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header),
        .. data];
}
