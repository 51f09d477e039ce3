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
        yield return Hoisted();
    }

    // Prices of 10,000 options after a change of volatility: logarithms, roots and discounts of what stays are computed once.
    private static Measurement Hoisted()
    {
        const int Options = 10_000;
        Node strike = Input("strike", DType.Float64, [Options]), expiry = Input("expiry", DType.Float64, [Options]),
            volatility = Input("volatility", DType.Float64, []);
        Node spread = volatility * Sqrt(expiry), d1 = (Log(100 / strike) + 0.03 * expiry) / spread + 0.5 * spread;
        Node price = 50 * Erfc(-d1 * Math.Sqrt(0.5)) - 0.5 * strike * Exp(-0.03 * expiry) * Erfc((spread - d1) * Math.Sqrt(0.5));
        var f = new Computation([strike, expiry, volatility], [price], name: "quotes");
        Action Step(CompileOptions options)
        {
            var session = f.CompileSession(options: options with { Threads = 1 });
            session.Set("strike", Data.Floats(Options, 1).Select(x => 80 + 40.0 * Math.Abs(x)).ToArray());
            session.Set("expiry", Data.Floats(Options, 2).Select(x => 0.1 + Math.Abs(x)).ToArray());
            double sigma = 0.2;
            return () =>
            {
                session.Set("volatility", sigma = 0.4 - sigma + 1e-9);
                session.Run();
            };
        }
        var (hoisted, fused) = Alternate.Time(Step(new() { Seldom = ["strike", "expiry"] }), Step(new()));
        return new("calls", $"session of {Options} prices, volatility set, the rest hoisted", hoisted, "the same, not hoisted", fused);
    }

    private static Measurement Pair(string name, Action adjoint, Action plain)
    {
        adjoint();
        adjoint();
        long before = GC.GetAllocatedBytesForCurrentThread();
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
