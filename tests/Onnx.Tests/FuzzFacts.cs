using System.Diagnostics;
using System.Globalization;

namespace Adjoint.Onnx.Tests;

/// <summary>
/// Damaged files end in a clear error or in a graph, never in another exception, a crash, or minutes of work.
/// ADJOINT_FUZZ=100000 asks for more of them.
/// </summary>
public class FuzzFacts
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("ADJOINT_FUZZ") ?? "5000",
        CultureInfo.InvariantCulture);
    private static readonly OnnxOptions Bounded = new() { MaxNodes = 20_000, MaxBytes = 1 << 24 };

    [Fact]
    public void A_damaged_model_is_refused_or_imported()
    {
        byte[][] seeds = Seeds();
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Parallel.For(0, Count, i =>
        {
            byte[] damaged = Mutation.Of(seeds[i % seeds.Length], seeds[(i * 7 + 3) % seeds.Length], new Random(i));
            var watch = Stopwatch.StartNew();
            var other = Record.Exception(() => OnnxFile.Read(new MemoryStream(damaged), "damaged.onnx").Import(Bounded));
            if (other is not (null or OnnxException) || watch.Elapsed.TotalSeconds > 20)
                failures.Enqueue($"seed {i}, {watch.Elapsed.TotalSeconds:f1} s: {other}");
        });
        Assert.True(failures.IsEmpty, string.Join("\n", failures.Take(5)));
    }

    [Fact]
    public void Damaged_weights_are_refused_or_read()
    {
        var tensors = new Dictionary<string,
            HostTensor> { ["a"] = new float[,] { { 1, 2 }, { 3, 4 } }, ["b"] = new long[] { 5 } };
        using MemoryStream safetensors = new(), npz = new(), npy = new();
        Safetensors.Write(safetensors, tensors);
        Npz.Write(npz, tensors);
        Npy.Write(npy, tensors["a"]);
        (byte[] File, Action<Stream> Read)[] formats =
            [(safetensors.ToArray(), s => Safetensors.Read(s)), (npz.ToArray(), s => Npz.Read(s)),
                (npy.ToArray(), s => Npy.Read(s))];
        for (int i = 0; i < Count / 2; i++)
        {
            var (file, read) = formats[i % formats.Length];
            byte[] damaged = Mutation.Of(file, file, new Random(i));
            var other = Record.Exception(() => read(new MemoryStream(damaged)));
            Assert.True(other is null or WeightsException, $"seed {i}: {other}");
        }
    }

    // Models built here, and small ones of the conformance data where it lies beside the repository.
    private static byte[][] Seeds()
    {
        string data = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "onnx-node"));
        var published = Directory.Exists(data)
            ? Directory.EnumerateFiles(data, "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(File.ReadAllBytes) : [];
        return [.. Built(), .. published];
    }

    private static IEnumerable<byte[]> Built() =>
    [
        new ModelBuilder(13).Input("x", ElementType.Float, "n", 3).Weight("w", new float[3, 2])
            .Node("h", "MatMul", "x, w").Node("y", "Softmax", "h").Output("y").Bytes,
        new ModelBuilder(11).Input("x", ElementType.Float, 1, 2, 6, 6).Weight("w", HostTensor.From(new float[36], [2, 2, 3, 3]))
            .Node("c", "Conv", "x, w", ("pads", new long[] { 1, 1, 1, 1 }))
                .Node("y", "MaxPool", "c", ("kernel_shape", new long[] { 2, 2 })).Output("y").Bytes,
        new ModelBuilder(13).Weight("shape", new long[] { 2, 3 }).Node("f", "ConstantOfShape", "shape")
            .Node("s", "Shape", "f").Node("y", "Tile", "f, s").Output("y").Bytes,
    ];
}
