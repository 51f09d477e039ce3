namespace Adjoint.Laws;

/// <summary>Kernels of one code share launches: an optimiser's whole update is one, and so are the norms of all gradients.</summary>
public class LaunchFacts
{
    private const int Variables = 50;

    [Fact]
    public void The_update_of_fifty_small_variables_is_one_launch_of_one_kernel()
    {
        Executable.ClearKernelCache();
        var report = Step(clips: false).Compile().Report;
        Assert.Equal(Variables, report.Kernels.Count(k => k.Commits && k.Name.Contains("abs", StringComparison.Ordinal)));
        Assert.Equal(1, report.Kernels.Count(k => k.Commits && k.Name.Contains("abs", StringComparison.Ordinal) && !k.Joined));
        Assert.InRange(report.Launches, 3, 6);
        Assert.InRange(report.NewKernels, 3, 6);
    }

    [Fact]
    public void So_are_the_squares_of_all_gradients_that_are_clipped_by_their_norm()
    {
        var report = Step(clips: true).Compile().Report;
        Assert.InRange(report.Launches, 3, 6);
        Assert.Contains("launches", report.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Where memory is capped nothing runs side by side: every kernel has a launch of its own.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void Bits_are_those_of_kernels_with_launches_of_their_own(bool clips)
    {
        var f = Step(clips);
        var alone = f.Compile(options: new() { Threads = 1, MemoryCap = long.MaxValue });
        Assert.DoesNotContain(alone.Report.Kernels, k => k.Joined);
        Executable[] joined = [.. Running.Widths.SelectMany(w => new[] { 1, 2, 5 }.Select(t => f.Compile(options: Running.At(w, t))))];
        for (int step = 0; step < 5; step++)
        {
            var expected = alone.Run(0.3f + step)[0];
            foreach (var each in joined)
                Running.AssertSameBits(expected, each.Run(0.3f + step)[0], $"loss of step {step}");
        }
        foreach (var variable in f.Variables)
            foreach (var each in joined)
                Running.AssertSameBits(alone.Stored(variable), each.Stored(variable), variable.Name);
    }

    [Fact]
    public void Symbols_that_are_zero_leave_an_entry_out()
    {
        Node a = Input("a", DType.Float32, ["n"]), b = Input("b", DType.Float32, ["m"]), c = Input("c", DType.Float32, ["k"]);
        var f = Running.Of([a, b, c], a * a + 1, b * b + 1, c * c + 1);
        var compiled = f.Compile();
        Assert.Equal(1, compiled.Report.Launches);
        foreach (int[] lengths in (int[][])[[3, 4, 5], [0, 4, 5], [3, 0, 5], [0, 0, 5], [0, 0, 0], [100, 5000, 1]])
        {
            var random = new Random(1);
            HostTensor[] data = [.. lengths.Select(n => Running.Random(random, DType.Float32, [n]))];
            foreach (var (expected, i) in Running.Truth(f, data).Select((t, i) => (t, i)))
                Running.AssertSameBits(expected, compiled.Run(data)[i], $"{string.Join(", ", lengths)}: {i}");
        }
    }

    /// <summary>Each kernel by itself: a profile tells how long each takes, and a session runs only what changed.</summary>
    [Fact]
    public void Profiles_and_sessions_launch_them_one_by_one()
    {
        Node a = Input("a", DType.Float32, [30]), b = Input("b", DType.Float32, [40]), c = Input("c", DType.Float32, [50]);
        var compiled = Running.Of([a, b, c], Tanh(a), Tanh(b), Tanh(c)).Compile();
        Assert.Equal((3, 1), (compiled.Report.Kernels.Length, compiled.Report.Launches));
        HostTensor[] data = [new float[30], new float[40], new float[50]];
        var profile = compiled.Profile();
        profile.Run(data);
        Assert.All(profile.Kernels, k => Assert.Equal(1, k.Calls));
        var session = compiled.Open();
        for (int i = 0; i < data.Length; i++)
            session.Set(i, data[i]);
        Assert.Equal(3, session.Run());
        session.Set<float>(1, Enumerable.Repeat(0.5f, 40).ToArray());
        Assert.Equal(1, session.Run());
        Assert.Equal(compiled.Run(data[0], Enumerable.Repeat(0.5f, 40).ToArray(), data[2])[1].ToArray<float>(), session.Get<float>(1).ToArray());
    }

    // Fifty vectors of other lengths, drawn towards a number.
    private static Computation Step(bool clips)
    {
        Node x = Input("x", DType.Float32, []), loss = Constant(0f);
        var (variables, random) = (new List<Variable>(), new Random(3));
        for (int i = 0; i < Variables; i++)
        {
            variables.Add(new($"v{i}", [8 + random.Next(193)], Init.Normal(0, 1, i)));
            loss += Sum(Square(variables[^1] - x));
        }
        Variable[] all = [.. variables];
        var gradients = Gradient.Of(loss, [.. all]);
        return new Computation([x], [loss]).WithUpdates(Adam.Updates(all, clips ? Clip.ByGlobalNorm(gradients, 1) : gradients, 0.01));
    }
}
