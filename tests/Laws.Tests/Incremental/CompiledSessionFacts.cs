using Adjoint.Tests;

namespace Adjoint.Laws.Incremental;

/// <summary>
/// Sessions compiled as such: small parts are straight-line code,
/// what seldom changes is kept apart, and values stay what they are.
/// </summary>
public class CompiledSessionFacts
{
    public static TheoryData<OpCase> Cases => SessionFacts.Cases;

    /// <summary>For every op, small and with something before and behind it: each input set alone, then a run.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Values_are_those_of_a_full_run(OpCase op)
    {
        var (inputs, result) = op.Graph(DType.Float64);
        if (result.DType != DType.Float64)
            return;
        Node scale = Input("scale", DType.Float64, []);
        var f = Running.Of([.. inputs, scale], result * scale, Sum(result));
        var options = Running.At(VectorWidths.Best);
        string first = ((Operations.InputOp)f.Inputs[0].Op).Key;
        var compiled = f.Compile(options: options);
        var session = f.CompileSession(options: options);
        var loops = f.CompileSession(options: options with { Flatten = Flattening.Never });
        var apart = f.CompileSession(options: options with { Seldom = [first] });
        HostTensor[] now = [.. op.Sample(DType.Float64, 1), 2.0], next = [.. op.Sample(DType.Float64, 2), 3.0];
        for (int i = -1; i < now.Length; i++)
        {
            if (i >= 0)
                now[i] = next[i];
            var whole = compiled.Run(now);
            foreach (var s in new[] { session, loops, apart })
            {
                for (int k = 0; k < now.Length; k++)
                    s.Set(k, now[k]);
                s.Run();
                for (int o = 0; o < 2; o++)
                    Running.AssertClose(whole[o], s.Output(o, whole[o]), 1e-9, $"{op}, input {i}, output {o}");
            }
        }
    }

    [Fact]
    public void Small_parts_between_what_cannot_be_unrolled_are_one_kernel_each()
    {
        Node x = Input("x", DType.Float64, [6]), k = Input("k", DType.Float64, [2]);
        Node sorted = Sort(x * Slice(k, 0, 0, 1) + 1);
        var f = Running.Of([x, k], Sum(sorted * Square(sorted)) * Slice(k, 0, 1, 2), x * x - 1);
        var session = f.CompileSession();
        Assert.Equal([GroupKind.Straight, GroupKind.Routine, GroupKind.Straight], session.Report.Fused.Groups.Select(g => g.Kind));
        double[] point = [3, 1, 2, -1, 0.5, 0], factors = [2, 0.25];
        session.Set("x", point);
        session.Set("k", factors);
        Assert.Equal(session.Kernels, session.Run());
        var whole = f.Compile().Run(point, factors);
        Running.AssertClose(whole[0], session.Output(0, whole[0]), 1e-12, "sum");
        Running.AssertClose(whole[1], session.Output(1, whole[1]), 1e-12, "map");
    }

    private static readonly (string Name, Func<Node, Node[]> Of)[] Routines =
    [
        ("qr", x => Qr(x) is var (q, r) ? [q, r] : []), ("qr of more columns", x => Qr(Transpose(x)) is var (q, r) ? [q, r] : []),
        ("upper", x => [TriangularSolve(Slice(x, 0, 0, 3), Slice(x, 0, 0, 3), lower: false)]),
        ("cumulative", x => [CumulativeSum(x, 0), CumulativeMax(x)]),
    ];

    public static TheoryData<string> RoutineNames => [.. Routines.Select(r => r.Name)];

    /// <summary>Branches that depend on data are taken both ways and selected from: a column of zeros has no reflection.</summary>
    [Theory, MemberData(nameof(RoutineNames))]
    public void Routines_without_positions_that_depend_on_data_unroll_to_their_own_bits(string name)
    {
        Node x = Input("x", DType.Float64, [5, 3]);
        var f = Running.Of([x], Routines.Single(r => r.Name == name).Of(x));
        var (session, compiled) = (f.CompileSession(options: new() { Flatten = Flattening.Always }), f.Compile());
        double[] mixed = [1, 2, 3, -4, 5, 6, 0.5, -8, 9, 1, 0, -1, 3, 3, 7];
        double[] gap = [.. mixed.Select((v, i) => i % 3 == 1 ? 0 : v)], broken = [.. mixed.Select((v, i) => i == 4 ? double.NaN : v)];
        foreach (double[] numbers in new[] { mixed, gap, new double[15], broken })
        {
            session.Set("x", numbers);
            session.Run();
            var whole = compiled.Run(HostTensor.From(numbers, [5, 3]));
            for (int o = 0; o < whole.Count; o++)
                Assert.Equal(whole[o].ToArray<double>(), session.Get<double>(o).ToArray());
        }
    }

    [Fact]
    public void Straight_line_code_reads_variables()
    {
        var w = new Variable("w", [3], dtype: DType.Float64);
        Node x = Input("x", DType.Float64, [3]);
        var store = new ParameterStore();
        var session = new Computation([x], [("y", Sum(x * Square(w)))]).CompileSession(store);
        Assert.Equal(GroupKind.Straight, Assert.Single(session.Report.Fused.Groups).Kind);
        store.Set<double>("w", [1, 2, 3]);
        session.Set("x", new double[] { 1, 1, 1 });
        session.Run();
        Assert.Equal(14, session.Scalar<double>("y"));
        store.Set<double>("w", [1, 2, 0]);
        session.Run();
        Assert.Equal(5, session.Scalar<double>("y"));
    }

    public static TheoryData<Flattening> Choices => new() { Flattening.Auto, Flattening.Never };

    [Theory, MemberData(nameof(Choices))]
    public void What_depends_on_seldom_set_inputs_alone_is_computed_when_those_are_set(Flattening flatten)
    {
        Node data = Input("data", DType.Float64, [2000]), x = Input("x", DType.Float64, [2000]), scale = Input("scale", DType.Float64, []);
        var f = new Computation([data, scale, x], [("y", Exp(Sin(data)) * Sqrt(Abs(data) + scale) * x)]);
        Session apart = f.CompileSession(options: new() { Seldom = ["data", "scale"], Flatten = flatten });
        Session together = f.CompileSession(options: new() { Flatten = flatten });
        Assert.Equal((1, 2), (together.Kernels, apart.Kernels));
        double[] Numbers(Func<double, double> of) => [.. Enumerable.Range(0, 2000).Select(i => of(i))];
        foreach (var session in new[] { apart, together })
        {
            session.Set("data", Numbers(i => i * 0.001));
            session.Set("x", Numbers(Math.Cos));
            session.Set("scale", 0.5);
            Assert.Equal(session.Kernels, session.Run());
            session.Set("x", Numbers(Math.Sin));
            Assert.Equal(1, session.Run());
        }
        Assert.Equal(together.Get<double>("y").ToArray(), apart.Get<double>("y").ToArray());
        Assert.DoesNotContain(apart.Report.Fused.Groups[^1].Nodes, n => n.Op is Operations.Exp or Operations.Sin or Operations.Sqrt);
        apart.Set("scale", 0.25);
        Assert.Equal(2, apart.Run());
    }

    [Fact]
    public void Straight_line_code_keeps_what_seldom_changes_apart_too()
    {
        Node length = Input("length", DType.Float64, [3]), angle = Input("angle", DType.Float64, [3]);
        var f = new Computation([length, angle], [("y", Sum(Square(length + 1) * length * angle))]);
        var session = f.CompileSession(options: new() { Seldom = ["length"] });
        Assert.Equal([GroupKind.Straight, GroupKind.Straight], session.Report.Fused.Groups.Select(g => g.Kind));
        session.Set("length", new[] { 0.1, 0.2, 0.3 });
        session.Set("angle", new double[] { 1, 2, 3 });
        Assert.Equal(2, session.Run());
        session.Set("angle", new double[] { 1, 2, 2 });
        Assert.Equal(1, session.Run());
        Assert.Equal(1.21 * 0.1 * 1 + 1.44 * 0.2 * 2 + 1.69 * 0.3 * 2, session.Scalar<double>("y"), 14);
    }

    [Fact]
    public void Errors_in_straight_line_code_leave_the_rest_to_be_done()
    {
        Node at = Input("at", DType.Int32, []), x = Input("x", DType.Float64, [3]);
        var session = new Computation([at, x], [("y", Sum(OneHot(CheckedIndex(at, 3), 3, DType.Float64) * x))]).CompileSession();
        session.Set("x", new double[] { 5, 6, 7 });
        session.Set("at", 3);
        Assert.Contains("index out of range", Assert.Throws<ComputationException>(() => session.Run()).Message);
        session.Set("at", 2);
        session.Run();
        Assert.Equal(7, session.Scalar<double>("y"));
    }

    [Fact]
    public void What_cannot_be_all_straight_line_code_is_named_when_that_is_demanded_and_updates_are_refused()
    {
        Node x = Input("x", DType.Float64, [6]);
        Assert.Contains("sort", Assert.Throws<GraphException>(() =>
            Running.Of([x], Sort(Exp(x))).CompileSession(options: new() { Flatten = Flattening.Always })).Message,
            StringComparison.Ordinal);
        var v = new Variable("v", [2]);
        Assert.Contains("updates", Assert.Throws<InvalidOperationException>(() =>
            new Computation([], [v * 1]).WithUpdates([new(v, v * 2)]).CompileSession()).Message, StringComparison.Ordinal);
        Node n = Input("n", DType.Float64, ["n"]);
        Assert.Contains("'n'", Assert.Throws<ArgumentException>(() => Running.Of([n], Sum(n)).CompileSession()).Message,
            StringComparison.Ordinal);
    }
}
