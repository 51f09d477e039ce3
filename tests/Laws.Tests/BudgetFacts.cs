using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Adjoint.Laws;

/// <summary>
/// Compilation is linear in the graph, needs little stack, keeps
/// methods clear of the JIT's cliffs, and says where it cannot work.
/// </summary>
[Collection("alone")]
public class BudgetFacts(Xunit.Abstractions.ITestOutputHelper output)
{
    /// <summary>Ten times the nodes, at most eleven times the kernels; what that takes in seconds is the benchmarks' business.</summary>
    [Fact]
    public void A_hundred_thousand_elementwise_nodes_compile_to_kernels_in_proportion()
    {
        int small = Elementwise(10_000).Compile().Report.Kernels.Length, large = Elementwise(100_000).Compile().Report.Kernels.Length;
        Assert.InRange(large, 1, 11 * small);
    }

    /// <summary>A chain of 200,000; ADJOINT_CHAIN sets another length.</summary>
    [Fact]
    public void A_deep_chain_compiles_on_a_small_stack()
    {
        int length = int.Parse(Environment.GetEnvironmentVariable("ADJOINT_CHAIN") ?? "200000", null);
        double value = 0;
        Exception? failure = null;
        long start = Stopwatch.GetTimestamp();
        var thread = new Thread(() =>
        {
            try
            {
                Node x = Input("x", DType.Float64, [4]), y = x;
                for (int i = 0; i < length; i++)
                    y = i % 2 == 0 ? y + 1 : Maximum(y, x);
                value = Running.Run(Running.Of([x], y), [new double[4]])[0].Doubles()[0];
            }
            catch (Exception e)
            {
                failure = e;
            }
        }, 256 * 1024);
        thread.Start();
        thread.Join();
        KernelCache.Clear();
        output.WriteLine($"{length} nodes in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        Assert.True(failure is null, failure?.ToString());
        Assert.Equal((length + 1) / 2, value);
    }

    /// <summary>Kernels are cut to the fusion budget, and no body in them is near the sizes at which the JIT gives up.</summary>
    [Fact]
    public void No_kernel_of_a_large_graph_outgrows_the_budget()
    {
        var compiled = Elementwise(5_000).Compile(options: Running.At(VectorWidths.Best));
        Assert.All(compiled.Report.Fused.Groups,
            g => Assert.True(g.Members.Sum(m => m.Node.Op is Elementwise e ? e.Cost : 2) <= Fuse.Budget, g.ToString()));
        KernelCache.Clear();
    }

    /// <summary>Past its cliffs the JIT writes code three times as long, unoptimised or with every operand in memory.</summary>
    [SkippableTheory, InlineData(300), InlineData(2_000)]
    public void Native_code_stays_short_however_large_the_graph(int nodes)
    {
        Skip.IfNot(VectorWidths.Best == VectorWidth.Bits512, "measured with 512-bit registers");
        using var jit = new Adjoint.Codegen.Tests.EmissionJitLog();
        KernelCache.Clear();
        var compiled = Elementwise(nodes).Compile(options: Running.At(VectorWidths.Best));
        var group = compiled.Report.Fused.Groups.MaxBy(g => g.Members.Length)!;
        Assert.True(jit.TryFind(group.Name, out int tier, out int bytes), group.Name);
        output.WriteLine($"{nodes} nodes, {compiled.Report.Kernels.Length} kernels, the largest of {group.Members.Length} ops: {bytes} bytes, tier {tier}");
        Assert.NotEqual(Adjoint.Codegen.Tests.EmissionJitLog.MinOpts, tier);
        Assert.True(bytes <= 16 * group.Members.Length + 1500, $"{bytes} bytes for {group.Members.Length} ops");
    }

    public static TheoryData<VectorWidth> VectorWidthsOfRows => [.. Running.Widths];

    /// <summary>A row's reduction keeps 32 accumulators: its loop must not be written out once for each register of them.</summary>
    [SkippableTheory, MemberData(nameof(VectorWidthsOfRows))]
    public void A_long_body_under_a_reduction_is_optimised_too(VectorWidth width)
    {
        Skip.IfNot(VectorWidths.Best >= VectorWidth.Bits256, "narrower registers are measured as they would be on wider hardware");
        Node x = Input("x", DType.Float64, [50, 1000]), y = x;
        for (int i = 0; i < 280; i++)
            y = i % 2 == 0 ? y * x : Maximum(y - 0.5, x);
        using var jit = new Adjoint.Codegen.Tests.EmissionJitLog();
        KernelCache.Clear();
        var compiled = Running.Of([x], Sum(y, [1])).Compile(options: Running.At(width));
        foreach (var group in compiled.Report.Fused.Groups)
        {
            Assert.True(jit.TryFind(group.Name, out int tier, out int bytes), group.Name);
            output.WriteLine($"{width} {group.Name} of {group.Members.Length} ops: {bytes} bytes, tier {tier}");
            Assert.NotEqual(Adjoint.Codegen.Tests.EmissionJitLog.MinOpts, tier);
            Assert.True(bytes <= 16 * group.Members.Length + 1500, $"{width}: {bytes} bytes for {group.Members.Length} ops");
        }
    }

    [Fact]
    public void Without_dynamic_code_compiling_says_so() =>
        Assert.Contains("PlatformNotSupportedException: Adjoint compiles kernels at run time", Child(), StringComparison.Ordinal);

    // This assembly again, as a program, in a process whose switch is off.
    private static string Child()
    {
        string assembly = typeof(BudgetFacts).Assembly.Location, folder = Path.GetDirectoryName(assembly)!,
            config = Path.Combine(folder, "no-dynamic-code.runtimeconfig.json");
        File.WriteAllText(config, File.ReadAllText(Path.ChangeExtension(assembly, ".runtimeconfig.json")).Replace("\"configProperties\": {",
            "\"configProperties\": {\n      \"System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported\": false,", StringComparison.Ordinal));
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
            ? Environment.ProcessPath : "dotnet",
            ["exec", "--runtimeconfig", config, "--depsfile", Path.ChangeExtension(assembly, ".deps.json"),
                Path.Combine(folder, "Adjoint.Laws.Tests.dll")])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return text;
    }

    private static Computation Elementwise(int nodes)
    {
        var random = new Random(1);
        List<Node> recent = [Input("x", DType.Float32, [1000]), Input("y", DType.Float32, [1000])];
        Node[] inputs = [.. recent];
        for (int i = 0; i < nodes; i++)
        {
            Node a = recent[random.Next(recent.Count)], b = recent[^1];
            recent.Add(random.Next(4) switch { 0 => a + b, 1 => a * b, 2 => b - a, _ => Maximum(a, b) });
            if (recent.Count > 8)
                recent.RemoveAt(0);
        }
        return Running.Of(inputs, recent[^1]);
    }
}

/// <summary>Timings are taken with nothing else running.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
