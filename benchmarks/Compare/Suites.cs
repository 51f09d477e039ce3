namespace Adjoint.Benchmarks;

/// <summary>All suites, by the names under which they are asked for.</summary>
internal static class Suites
{
    public static IReadOnlyDictionary<string, Suite> All { get; } = new Dictionary<string, Suite>
    {
        ["elementwise"] = new(ElementwiseSuite.Run),
        ["reductions"] = new(ReductionSuite.Run),
        ["softmax"] = new(SoftmaxSuite.Run),
        ["unary"] = new(UnarySuite.Run),
        ["rows"] = new(RowSuite.Run),
        ["layouts"] = new(LayoutSuite.Run),
        ["gemm"] = new(GemmSuite.Run),
        ["convolution"] = new(ConvolutionSuite.Run),
        ["mlp"] = new(MlpSuite.Run),
        ["cnn"] = new(CnnSuite.Run),
        ["transformer"] = new(TransformerSuite.Run),
        ["attention"] = new(AttentionSuite.Run),
        ["calls"] = new(CallSuite.Run),
        ["compile"] = new(CompileSuite.Run),
        ["flat"] = new(FlatSuite.Run),
        ["lanes"] = new(LaneSuite.Run),
        ["memory"] = new(MemorySuite.Run),
        ["solvers"] = new(SolverSuite.Run),
        ["threads"] = new(ThreadSuite.Run),
    };

    /// <summary>Those whose rows README shows.</summary>
    public const string Published = "elementwise,unary,rows,gemm,convolution,mlp,cnn,transformer,compile";

    /// <summary>The suites of a list with commas; <c>all</c> are all; null where a name is none.</summary>
    public static IReadOnlyList<Suite>? Named(string list) =>
        list == "all" ? [.. All.Values] : list.Split(',') is var names && names.All(All.ContainsKey)
        ? [.. names.Select(n => All[n])] : null;

    /// <summary>All measurements of cases whose names contain a text, printed one by one as they come.</summary>
    public static List<Measurement> Measure(IReadOnlyList<Suite> suites, string text, PeerSet peers)
    {
        var results = new List<Measurement>();
        foreach (var m in suites.SelectMany(s => s.Measure(name => name.Contains(text, StringComparison.Ordinal), peers)))
        {
            results.Add(m);
            Console.WriteLine(ConsoleTable.Row(m));
        }
        return results;
    }
}
