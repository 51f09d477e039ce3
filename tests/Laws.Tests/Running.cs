namespace Adjoint.Laws;

/// <summary>Short forms for tests: make data, run compiled and by reference, compare.</summary>
internal static class Running
{
    /// <summary>Every register width, forced; those that the hardware lacks are emulated by the runtime, slower.</summary>
    public static readonly VectorWidth[] Widths = [VectorWidth.Scalar, VectorWidth.Bits128, VectorWidth.Bits256, VectorWidth.Bits512];

    public static Computation Of(Node[] inputs, params Node[] outputs) => new(inputs, [.. outputs.Select(o => (Output)o)]);

    public static CompileOptions At(VectorWidth width, int threads = 1) => new() { VectorWidth = width, Threads = threads };

    /// <summary>The outputs of a compiled computation.</summary>
    public static HostTensor[] Run(Computation f, HostTensor[] arguments, CompileOptions? options = null)
    {
        var results = f.Compile(new ParameterStore(), options ?? At(VectorWidths.Best)).Run(arguments);
        return [.. Enumerable.Range(0, results.Count).Select(i => results[i])];
    }

    /// <summary>The outputs, op by op: derivatives expanded, nothing optimised.</summary>
    public static HostTensor[] Truth(Computation f, params HostTensor[] arguments) =>
        [.. Reference.Run(Differentiate.Run(f), arguments)];

    /// <summary>Random values: floats in [low, high), integers in [0, below), truth values.</summary>
    public static HostTensor Random(Random random, DType type, ReadOnlySpan<long> shape, double low = -2, double high = 2, int below = 3)
    {
        var tensor = HostTensor.Zeros(type, shape);
        type.Visit(new Filler(tensor, () =>
            type.IsFloat ? low + (high - low) * random.NextDouble() : type == DType.Bool ? random.Next(2) : random.Next(below)));
        return tensor;
    }

    /// <summary>Sets an input of any type.</summary>
    public static void Set(this Session session, int input, HostTensor value) => value.DType.Visit(new Setter(session, input, value));

    /// <summary>An output of the type and shape of another tensor.</summary>
    public static HostTensor Output(this Session session, int output, HostTensor like) =>
        like.DType.Visit(new Getter(session, output, like));

    /// <summary>What a variable's storage holds now.</summary>
    public static HostTensor Stored(this Executable compiled, Variable variable) =>
        variable.DType.Visit(new Reader(compiled.Store, variable));

    public static double[] Doubles(this HostTensor t) => t.DType.Visit(new ToDoubles(t));

    public static void AssertSameBits(HostTensor expected, HostTensor actual, string what) =>
        Assert.True(expected.DType == actual.DType && expected.Shape.SequenceEqual(actual.Shape)
            && expected.Bytes.SequenceEqual(actual.Bytes),
            $"{what}: expected {Show(expected)}, got {Show(actual)}");

    /// <summary>
    /// Demands |x - y| at most tolerance times the largest magnitude
    /// (at least 1), NaN and infinities in the same places.
    /// </summary>
    public static void AssertClose(HostTensor expected, HostTensor actual, double tolerance, string what) =>
        Assert.True(Difference(expected, actual, tolerance) is null, $"{what}: {Difference(expected, actual, tolerance)}");

    /// <summary>Calls from many threads at once; the call asserts for itself.</summary>
    public static void AssertDoesNotMeet(Action call) => Parallel.For(0, 100, _ => call());

    /// <summary>Where two tensors differ by more than a tolerance; null if nowhere.</summary>
    public static string? Difference(HostTensor expected, HostTensor actual, double tolerance, double magnitude = 1)
    {
        if (expected.DType != actual.DType || !expected.Shape.SequenceEqual(actual.Shape))
            return $"expected {expected}, got {actual}";
        var (x, y) = (expected.Doubles(), actual.Doubles());
        double scale = Math.Max(magnitude, x.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        for (int i = 0; i < x.Length; i++)
            if (!(x[i].Equals(y[i]) || Math.Abs(x[i] - y[i]) <= tolerance * scale))
                return $"element {i} of {expected}: expected {x[i]:R}, got {y[i]:R} (tolerance {tolerance:0.0e0} of {scale:0.0e0})";
        return null;
    }

    /// <summary>The optimised graph, its groups and kernels: what one wants to see when an answer is wrong.</summary>
    public static string Explain(this Executable compiled) => string.Join("\n", compiled.Program.Computation.Applies
        .Select((a, i) =>
            $"n{i} = {a.Results[0]} ({string.Join(", ", a.Inputs.Select(x => $"n{compiled.Program.Computation.Applies.IndexOf(x.Apply)}"))})")
        .Concat(compiled.Report.Fused.Groups.Select(g => g.ToString()))
        .Concat(compiled.Program.Steps.Select(s => $"{s.Plan.Description()}\n{string.Join(", ", s.Plan.Arguments)}")));

    private static string Show(HostTensor t) => $"{t} {string.Join(" ", t.Doubles().Take(40))}";

    private readonly struct Filler(HostTensor target, Func<double> next) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            foreach (ref T x in target.Span<T>())
                x = target.DType == DType.Bool ? (T)(object)(next() != 0) : (T)System.Convert.ChangeType(next(), typeof(T), null);
            return true;
        }
    }

    private readonly struct Setter(Session session, int input, HostTensor value) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            session.Set<T>(input, value.Span<T>());
            return true;
        }
    }

    private readonly struct Getter(Session session, int output, HostTensor like) : IDTypeVisitor<HostTensor>
    {
        public HostTensor Visit<T>() where T : unmanaged => HostTensor.From(session.Get<T>(output).ToArray(), like.Shape);
    }

    private readonly struct Reader(ParameterStore store, Variable variable) : IDTypeVisitor<HostTensor>
    {
        public HostTensor Visit<T>() where T : unmanaged =>
            HostTensor.From(store.Get<T>(variable.Name), variable.Shape.Evaluate(new Dictionary<string, long>()));
    }

    private readonly struct ToDoubles(HostTensor t) : IDTypeVisitor<double[]>
    {
        public double[] Visit<T>() where T : unmanaged => Array.ConvertAll(t.ToArray<T>(), x => System.Convert.ToDouble(x, null));
    }
}
