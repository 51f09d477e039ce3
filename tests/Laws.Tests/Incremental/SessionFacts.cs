using Adjoint.Tests;

namespace Adjoint.Laws.Incremental;

/// <summary>After some inputs change, a run does what they reach, and its bits are those of a full run.</summary>
public class SessionFacts
{
    private static readonly Node A = Input("a", DType.Float64, [40, 30]), B = Input("b", DType.Float64, [30, 20]),
        S = Input("s", DType.Float64, []);

    private static Executable Chain() => new Computation([A, B, S],
        [("product", MatMul(A, B)), ("scaled", Sum(MatMul(A, B) * S)), ("alone", Exp(S))]).Compile();

    [Fact]
    public void Only_what_an_input_reaches_runs_again()
    {
        var (compiled, random) = (Chain(), new Random(3));
        var session = compiled.Open();
        double[] a = Running.Random(random, DType.Float64, [1200]).Doubles(), b = Running.Random(random, DType.Float64, [600]).Doubles();
        session.Set("a", a);
        session.Set("b", b);
        session.Set("s", 0.5);
        Assert.Equal(session.Kernels, session.Run());
        Assert.Equal(0, session.Run());
        session.Set("s", 0.5);
        Assert.Equal(0, session.Run());
        session.Set("s", 0.75);
        Assert.InRange(session.Run(), 1, session.Kernels - 1);
        var whole = compiled.Run(HostTensor.From(a, [40, 30]), HostTensor.From(b, [30, 20]), 0.75);
        Assert.Equal(whole["product"].ToArray<double>(), session.Get<double>("product").ToArray());
        Assert.Equal(whole["scaled"].Scalar<double>(), session.Scalar<double>("scaled"));
        Assert.Equal(whole["alone"].Scalar<double>(), session.Scalar<double>("alone"));
    }

    public static TheoryData<OpCase> Cases => [.. OpCases.All.Where(c => c.RowSymbol is null && c.DTypes.Contains(DType.Float64))];

    /// <summary>For every op, with something before and behind it: each input set alone, then a run.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Bits_are_those_of_a_full_run(OpCase op)
    {
        var (inputs, result) = op.Graph(DType.Float64);
        if (result.DType != DType.Float64)
            return;
        Node scale = Input("scale", DType.Float64, []);
        var compiled = Running.Of([.. inputs, scale], result * scale, Sum(result)).Compile(options: Running.At(VectorWidths.Best));
        var session = compiled.Open();
        HostTensor[] now = [.. op.Sample(DType.Float64, 1), 2.0], next = [.. op.Sample(DType.Float64, 2), 3.0];
        for (int i = 0; i < now.Length; i++)
            session.Set(i, now[i]);
        session.Run();
        for (int i = 0; i < now.Length; i++)
        {
            now[i] = next[i];
            session.Set(i, now[i]);
            session.Run();
            var whole = compiled.Run(now);
            for (int o = 0; o < 2; o++)
                Assert.True(whole[o].Span<double>().SequenceEqual(session.Get<double>(o))
                    || whole[o].Doubles().Any(double.IsNaN), $"{op}, input {i}, output {o}");
        }
    }

    [Fact]
    public void Variables_are_looked_at_every_time_and_symbols_need_numbers()
    {
        var w = new Variable("w", [3], dtype: DType.Float64);
        Node x = Input("x", DType.Float64, ["n"]);
        var store = new ParameterStore();
        var compiled = new Computation([x], [("y", Sum(x) * Sum(w))]).Compile(store);
        Assert.Contains("'n'", Assert.Throws<ArgumentException>(() => compiled.Open()).Message);
        var session = compiled.Open(("n", 4));
        session.Set("x", new double[] { 1, 2, 3, 4 });
        store.Set<double>("w", [1, 1, 1]);
        session.Run();
        Assert.Equal(30, session.Scalar<double>("y"));
        store.Set<double>("w", [1, 1, 2]);
        session.Run();
        Assert.Equal(40, session.Scalar<double>("y"));
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_an_error_leaves_the_rest_to_be_done()
    {
        Node table = Input("table", DType.Float64, [5]), at = Input("at", DType.Int32, [2]);
        var session = new Computation([table, at], [("y", Exp(Gather(table, at)))]).Compile().Open();
        Assert.Contains("'table'", Assert.Throws<InvalidOperationException>(() => session.Run()).Message);
        Assert.Contains("5 elements", Assert.Throws<ArgumentException>(() => session.Set("table", new double[4])).Message);
        Assert.Contains("no input", Assert.Throws<ArgumentException>(() => session.Set("tabel", new double[5])).Message);
        Assert.Contains("Int32", Assert.Throws<ArgumentException>(() => session.Set("table", new int[5])).Message);
        session.Set("table", new double[] { 0, 1, 2, 3, 4 });
        session.Set("at", new[] { 1, 9 });
        Assert.Throws<ComputationException>(() => session.Run());
        session.Set("at", new[] { 0, 0 });
        session.Run();
        Assert.Equal([1, 1], session.Get<double>("y").ToArray());
        var v = new Variable("v", [2]);
        Assert.Contains("updates", Assert.Throws<InvalidOperationException>(() =>
            new Computation([], [v * 1]).WithUpdates([new(v, v * 2)]).Compile().Open()).Message);
    }

    [Fact]
    public void Steady_use_allocates_nothing()
    {
        var session = Chain().Open();
        session.Set("a", new double[1200]);
        session.Set("b", new double[600]);
        double sum = 0;
        void Turn(int i)
        {
            session.Set("s", 0.1 * i);
            session.Run();
            sum += session.Get<double>(2)[0];
        }
        int turn = 0;
        Garbage.AssertNone(() => Turn(turn++), calls: 200);
        Assert.True(sum > 0);
    }
}
