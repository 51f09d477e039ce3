using Adjoint.OnnxConformance;

namespace Adjoint.Onnx.Tests;

/// <summary>The conformance tool: lines, files and exit codes.</summary>
public class ToolFacts
{
    [Fact]
    public void A_test_that_passes_exits_with_0_and_one_that_fails_with_1()
    {
        using var folder = new TemporaryFolder();
        Add(folder.Path, "good", expected: [2, 4]);
        Assert.Equal((0, "no tier: 1 passed, 0 failed, 0 unsupported\n", ""), Run(folder.Path));
        Add(folder.Path, "wrong", expected: [2, 5]);
        var (code, output, _) = Run(folder.Path);
        Assert.Equal(1, code);
        Assert.StartsWith("wrong: output 0[1] is 4, expected 5", output, StringComparison.Ordinal);
        Assert.EndsWith("no tier: 1 passed, 1 failed, 0 unsupported\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_says_the_tier_and_json_says_all()
    {
        using var folder = new TemporaryFolder();
        Add(folder.Path, "good", expected: [2, 4]);
        File.WriteAllText(Path.Combine(folder.Path, "INDEX.csv"),
            "test,op,tier,const_inputs,data_dependent_shape,compare,tol\ngood,Add,2,,no,value,1e-05\n");
        string json = Path.Combine(folder.Path, "out.json");
        Assert.Equal((0, "tier 2: 1 passed, 0 failed, 0 unsupported\n", ""), Run(folder.Path, "--json", json));
        Assert.Contains("\"verdict\": \"passed\"", File.ReadAllText(json), StringComparison.Ordinal);
        Assert.Equal((0, "", ""), Run(folder.Path, "--tier", "1"));
    }

    [Theory]
    [InlineData]
    [InlineData("/no/such/folder")]
    [InlineData(".", "--tier", "high")]
    [InlineData(".", "--gradients", "/no/such/folder")]
    [InlineData(".", "--unheard-of")]
    public void Wrong_usage_exits_with_2(params string[] args) => Assert.Equal(2, Run(args).Code);

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        return (new CommandLine(output, error).Run(args), output.ToString(), error.ToString());
    }

    private static void Add(string root, string name, float[] expected)
    {
        string data = Directory.CreateDirectory(Path.Combine(root, name, "test_data_set_0")).FullName;
        File.WriteAllBytes(Path.Combine(root, name, "model.onnx"), new ModelBuilder(13)
            .Input("x", ElementType.Float, 2).Node("y", "Add", "x, x").Output("y").Bytes);
        File.WriteAllBytes(Path.Combine(data, "input_0.pb"), OnnxTensor.ToBytes(new float[] { 1, 2 }));
        File.WriteAllBytes(Path.Combine(data, "output_0.pb"), OnnxTensor.ToBytes(expected));
    }
}
