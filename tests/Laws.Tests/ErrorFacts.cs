namespace Adjoint.Laws;

/// <summary>Bad input is an error that says what, where and how to mend it, before anything has run or changed.</summary>
public class ErrorFacts
{
    private static readonly Node X = Input("x", DType.Float32, ["batch", 4]), Y = Input("y", DType.Float32, ["batch"]);
    private static readonly Variable W = new("w", [4]);
    private static readonly Computation Step = new([X, Y], [Sum(X * W, [1]) + Y], [new(W, W + Sum(X, [0]))]);

    public static TheoryData<string> Calls => [.. Mistakes.Keys];

    // A call, and words that its message must have.
    private static readonly Dictionary<string, (Action<Executable> Call, string[] Words)> Mistakes = new()
    {
        ["too few arguments"] = (e => e.Run(Floats(2, 4)), ["takes 2 arguments", "'x'", "'y'", "got 1"]),
        ["too many arguments"] = (e => e.Run(Floats(2, 4), Floats(2), Floats(2)), ["takes 2 arguments", "got 3"]),
        ["another dtype"] = (e => e.Run(new double[2, 4], Floats(2)), ["float64[2, 4]", "float32[batch, 4]", "'x'", "ErrorFacts.cs"]),
        ["another rank"] = (e => e.Run(Floats(2, 4), new float[2, 2]), ["float32[2, 2]", "float32[batch]", "'y'", "ErrorFacts.cs"]),
        ["another extent"] = (e => e.Run(Floats(2, 5), Floats(2)), ["'x'", "axis 1", "5", "4", "ErrorFacts.cs"]),
        ["symbols that conflict"] = (e => e.Run(Floats(2, 4), Floats(3)), ["'y'", "axis 0", "3", "batch", "2"]),
        ["flat data that does not fill rows"] = (e => e.Run(Floats(7), Floats(2)), ["7", "float32[batch, 4]", "'x'"]),
        ["too few results"] = (e => e.RunInto([Floats(2, 4), Floats(2)], []), ["1 output", "got 0"]),
        ["a result of another dtype"] = (e => e.RunInto([Floats(2, 4), Floats(2)], [new double[2]]),
            ["output0", "float32[2]", "float64[2]"]),
        ["a result of another length"] = (e => e.RunInto([Floats(2, 4), Floats(2)], [Floats(3)]), ["output0", "float32[2]", "float32[3]"]),
        ["a result over an argument"] = (e => { var y = Floats(2); e.RunInto([Floats(2, 4), y], [y]); }, ["output0", "argument"]),
    };

    [Theory, MemberData(nameof(Calls))]
    public void A_mistaken_call_is_refused_and_changes_nothing(string mistake)
    {
        var compiled = Step.Compile(new ParameterStore());
        compiled.Store.Set<float>("w", [1, 2, 3, 4]);
        var (call, words) = Mistakes[mistake];
        string message = Assert.Throws<ArgumentException>(() => call(compiled)).Message;
        foreach (string word in words)
            Assert.Contains(word, message, StringComparison.Ordinal);
        Assert.Equal([1f, 2, 3, 4], compiled.Store.Get<float>("w"));
        compiled.Run(Floats(2, 4), Floats(2));
    }

    [Fact]
    public void Two_results_in_one_array_are_refused()
    {
        var compiled = Running.Of([X], X + 1, X + 2).Compile();
        var same = new float[2, 4];
        Assert.Contains("same array", Assert.Throws<ArgumentException>(() =>
            compiled.RunInto([Floats(2, 4)], [same, same])).Message, StringComparison.Ordinal);
    }

    /// <summary>The kernel that updates and the kernel that fails may come in any order: the variable stays as it was.</summary>
    [Fact]
    public void An_index_outside_its_axis_is_an_error_that_names_the_line_and_leaves_variables_alone()
    {
        Node table = Input("table", DType.Float32, [5, 3]), at = Input("at", DType.Int32, ["n"]);
        Variable total = new("total", [3]);
        var compiled = new Computation([table, at], [Gather(table, at)], [new(total, total + Sum(Gather(table, at), [0]))]).Compile();
        compiled.Store.Set<float>("total", [1, 2, 3]);
        foreach (int bad in (int[])[5, -6, int.MaxValue, int.MinValue])
        {
            string message = Assert.Throws<ComputationException>(() => compiled.Run(new float[5, 3], new[] { 0, 4, bad })).Message;
            Assert.Contains("gather", message, StringComparison.Ordinal);
            Assert.Contains("ErrorFacts.cs", message, StringComparison.Ordinal);
            Assert.Equal([1f, 2, 3], compiled.Store.Get<float>("total"));
        }
        compiled.Run(new float[5, 3], new[] { 0, 4 });
    }

    /// <summary>Two launches of one kernel fail with the line of their own.</summary>
    [Fact]
    public void The_line_in_the_message_is_that_of_the_op_that_failed()
    {
        Node table = Input("table", DType.Float32, [5]), first = Input("first", DType.Int32, [2]),
            second = Input("second", DType.Int32, [2]);
        Node a = Gather(table, first);
        Node b = Gather(table, second);
        var compiled = Running.Of([table, first, second], Sum(a) + 0, Sum(b)).Compile();
        string Failure(int[] f, int[] s) => Assert.Throws<ComputationException>(() => compiled.Run(new float[5], f, s)).Message;
        string one = Failure([0, 9], [0, 0]), two = Failure([0, 0], [0, 9]);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void A_store_that_holds_the_name_with_another_type_is_refused()
    {
        var store = new ParameterStore();
        new Computation([], [new Variable("w", [3]) * 2]).Compile(store);
        string message = Assert.Throws<InvalidOperationException>(() =>
            new Computation([], [new Variable("w", [4]) * 2]).Compile(store)).Message;
        Assert.Contains("'w'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_compilation_stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Step.Compile(options: new() { CancellationToken = cancelled.Token }));
    }

    [Fact]
    public void Unreached_gradients_are_zero_or_refused()
    {
        Node x = Input("x", DType.Float64, [3]), y = Input("y", DType.Float64, [2]);
        Assert.Equal([0.0, 0], Running.Run(Running.Of([x, y], Gradient.Of(Sum(x * x), [y])[0]),
            [new double[3], new double[2]])[0].Doubles());
        Assert.Contains("does not depend",
            Assert.Throws<GraphException>(() => Gradient.Of(Sum(x), [y], Unreached.Throw)).Message, StringComparison.Ordinal);
        Assert.Contains("Mean(loss)", Assert.Throws<GraphException>(() => Gradient.Of(x, [x])).Message, StringComparison.Ordinal);
    }

    private static HostTensor Floats(params ReadOnlySpan<long> shape) => HostTensor.Zeros(DType.Float32, shape);
}
