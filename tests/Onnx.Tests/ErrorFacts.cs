using Adjoint.Onnx.Schema;
using Google.Protobuf;

namespace Adjoint.Onnx.Tests;

/// <summary>Files that are wrong, or ask for what is not there: a clear error that names file, node and reason.</summary>
public class ErrorFacts
{
    [Fact]
    public void An_unknown_operator_is_named_with_its_node_and_version()
    {
        var e = Refused(new ModelBuilder(13).Input("x", ElementType.Float, 2).Node("y", "Frobnicate", "x").Output("y"));
        Assert.True(e.IsUnsupported);
        Assert.Equal("test.onnx: node Frobnicate -> y: there is no importer for Frobnicate in version 13 of the ONNX operators.", e.Message);
    }

    [Fact]
    public void An_operator_set_of_the_future_is_refused() =>
        Assert.Contains("operator set 99",
            Refused(new ModelBuilder(99).Input("x", ElementType.Float, 2).Node("y", "Relu", "x").Output("y")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_cycle_is_a_value_used_before_it_is_defined() => Assert.Contains("nothing before it defines 'b'",
        Refused(new ModelBuilder(13).Input("x", ElementType.Float, 2).Node("a", "Add", "x, b").Node("b", "Relu", "a")
            .Output("b")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 2).Node("y", "Loops", "x").Output("y");
        model.Model.Functions.Add(new FunctionProto { Name = "Loops", Input = { "a" }, Output = { "b" },
            Node = { ModelBuilder.Apply("b", "Loops", "a") },
            OpsetImport = { new OperatorSetProto { Version = 13 } } });
        Assert.Contains("call themselves", Refused(model).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_that_double_each_time_are_stopped_by_the_number_of_nodes()
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 2).Node("y", "f0", "x").Output("y");
        for (int i = 0; i < 40; i++)
            model.Model.Functions.Add(new FunctionProto
            {
                Name = $"f{i}", Input = { "a" }, Output = { "c" }, OpsetImport = { new OperatorSetProto { Version = 13 } },
                Node = { ModelBuilder.Apply("b", i == 39 ? "Relu" : $"f{i + 1}", "a"),
                    ModelBuilder.Apply("c", i == 39 ? "Relu" : $"f{i + 1}", "b") },
            });
        Assert.Contains("more than 5000 nodes", Refused(model, new() { MaxNodes = 5000 }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_that_fixes_a_shape_says_how_to_bind_it()
    {
        var e = Refused(new ModelBuilder(13).Input("x", ElementType.Float, 4).Input("shape", ElementType.Int64, 2)
            .Node("y", "Reshape", "x, shape").Output("y"));
        Assert.Contains("input 1 ('shape') fixes a shape", e.Message, StringComparison.Ordinal);
        Assert.Contains("OnnxOptions.Constants", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_do_not_fit_name_the_node()
    {
        var model = new ModelBuilder(13).Input("a", ElementType.Float, 2, 3).Input("b", ElementType.Float, 4, 5)
            .Node("y", "MatMul", "a, b").Output("y");
        model.Model.Graph.Node[0].Name = "dense";
        Assert.StartsWith("test.onnx: node 'dense' (MatMul): ", Refused(model).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 3 }, "its shape holds 3 elements")]
    [InlineData(new long[] { 1L << 40, 1L << 40 }, "no tensor has the shape")]
    [InlineData(new long[] { -1 }, "no tensor has the shape")]
    public void A_weight_of_the_wrong_length_is_refused(long[] shape, string reason)
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 2).Node("y", "Add", "x, w").Output("y");
        model.Model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { shape }, FloatData = { 1, 2 } });
        Assert.Contains(reason, Refused(model).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/../../secret.bin")]
    [InlineData("link.bin")]
    public void External_data_stays_inside_the_folder(string location)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "secret.bin"), new byte[8]);
        string inner = Directory.CreateDirectory(Path.Combine(folder.Path, "model")).FullName;
        File.CreateSymbolicLink(Path.Combine(inner, "link.bin"), Path.Combine(folder.Path, "secret.bin"));
        File.WriteAllBytes(Path.Combine(inner, "m.onnx"), External(location).ToByteArray());
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Load(Path.Combine(inner, "m.onnx")));
        Assert.Contains(location, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void External_data_in_the_folder_is_read()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "w.bin"),
            [.. new byte[4], .. BitConverter.GetBytes(3f), .. BitConverter.GetBytes(4f)]);
        var model = External("w.bin");
        model.Graph.Initializer[0].ExternalData.Add(new EntryProto { Key = "offset", Value = "4" });
        File.WriteAllBytes(Path.Combine(folder.Path, "m.onnx"), model.ToByteArray());
        Assert.Equal(new float[] { 4, 6 }, OnnxModel.Load(Path.Combine(folder.Path, "m.onnx")).Computation.Compile()
            .Run(new float[] { 1, 2 })[0].ToArray<float>());
    }

    [Fact]
    public void Graphs_nested_a_thousand_deep_do_not_overflow_the_stack()
    {
        // Written by hand: the library's own writer would refuse. graph(7) > node(1) > attribute(5) > graph(6) > node(1) ...
        byte[] inner = [];
        for (int depth = 0; depth < 1000; depth++)
            inner = Field(1, Field(5, Field(6, inner)));
        var e = Assert.Throws<OnnxException>(() => OnnxFile.Read(new MemoryStream(Field(7, inner))));
        Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_of_nodes_is_no_deep_recursion()
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 2);
        for (int i = 0; i < 20_000; i++)
            model.Node($"v{i}", "Relu", i == 0 ? "x" : $"v{i - 1}");
        Assert.Equal("[2]", model.Output("v19999").Import()["v19999"].Shape.ToString());
    }

    [Fact]
    public void Formulas_of_extents_cannot_grow_without_end()
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, "n").Weight("zero", new long[] { 0 })
            .Weight("end", new long[] { int.MaxValue }).Weight("step", new long[] { 3 });
        for (int i = 0; i < 5000; i++)
            model.Node($"v{i}", "Slice", $"{(i == 0 ? "x" : $"v{i - 1}")}, zero, end, zero, step");
        Assert.Contains("formula", Refused(model.Output("v4999")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_model_says_so() =>
        Assert.Contains("no ONNX model",
            Assert.Throws<OnnxException>(() =>
            OnnxFile.Read(new MemoryStream("hello, world"u8.ToArray()), "hello.txt")).Message,
            StringComparison.Ordinal);

    private static OnnxException Refused(ModelBuilder model, OnnxOptions? options = null) =>
        Assert.Throws<OnnxException>(() => model.Import(options));

    private static ModelProto External(string location)
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 2).Node("y", "Add", "x, w").Output("y").Model;
        model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { 2 }, DataLocation = 1,
            ExternalData = { new EntryProto { Key = "location", Value = location } } });
        return model;
    }

    // A length-delimited field of the wire format.
    private static byte[] Field(int number, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }
        return stream.ToArray();
    }
}
