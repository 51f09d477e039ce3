using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>What a call costs over a plain delegate that computes the same.</summary>
internal static class CallSuite
{
    private const int Calls = 1000;

    public delegate double Scalar(double a, double b);
    public delegate void Spans(ReadOnlySpan<float> x, Span<float> y);

    public static IEnumerable<Measurement> Run()
    {
        Node a = Input("a", DType.Float64, []), b = Input("b", DType.Float64, []);
        var scalar = new Computation([a, b], [a * b + a], name: "scalars").Compile<Scalar>();
        Scalar plain = static (x, y) => x * y + x;
        yield return Pair("scalars", () => Repeat(scalar), () => Repeat(plain));

        Node v = Input("v", DType.Float32, [16]);
        var spans = new Computation([v], [v * v + v], name: "spans").Compile<Spans>();
        Spans plainSpans = static (x, y) => System.Runtime.Intrinsics.Vector512.CopyTo(
            System.Runtime.Intrinsics.Vector512.Create(x) * System.Runtime.Intrinsics.Vector512.Create(x)
            + System.Runtime.Intrinsics.Vector512.Create(x), y);
        yield return Pair("spans", () => Repeat(spans), () => Repeat(plainSpans));

        // x over its sum, for any length: the sum lies in a workspace between two kernels.
        Node m = Input("m", DType.Float32, ["n"]);
        var workspace = new Computation([m], [m / Sum(m)], name: "workspace").Compile<Spans>();
        Spans plainWorkspace = static (x, y) =>
        {
            var v = System.Runtime.Intrinsics.Vector512.Create(x);
            System.Runtime.Intrinsics.Vector512.CopyTo(v / System.Runtime.Intrinsics.Vector512.Sum(v), y);
        };
        yield return Pair("with workspace", () => Repeat(workspace), () => Repeat(plainWorkspace));
    }

    private static Measurement Pair(string name, Action adjoint, Action plain)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        adjoint();
        adjoint();
        before = GC.GetAllocatedBytesForCurrentThread();
        adjoint();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        var (a, b) = Alternate.Time(adjoint, plain);
        return new("calls", string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{name}, {(a - b) / Calls * 1e9:+0.0;-0.0} ns, {bytes} bytes"), a / Calls, "plain delegate", b / Calls);
    }

    private static double Repeat(Scalar f)
    {
        double sum = 0;
        for (int i = 0; i < Calls; i++)
            sum += f(i, 2);
        return sum;
    }

    private static readonly float[] X = Data.Floats(16, 1), Y = new float[16];

    private static void Repeat(Spans f)
    {
        for (int i = 0; i < Calls; i++)
            f(X, Y);
    }
}
