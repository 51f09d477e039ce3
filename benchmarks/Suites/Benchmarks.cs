using BenchmarkDotNet.Attributes;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>tanh(a b + c) a.</summary>
public class Elementwise
{
    private float[] a = [], b = [], c = [], y = [];
    private ElementwiseSuite.Chain chain = null!;

    /// <summary>Elements.</summary>
    [Params(4096, 4_000_000)]
    public int N { get; set; }

    /// <summary>Compiles and fills.</summary>
    [GlobalSetup]
    public void Setup() => (chain, a, b, c, y) =
        (ElementwiseSuite.Compile(), Data.Floats(N, 1), Data.Floats(N, 2), Data.Floats(N, 3), new float[N]);

    /// <summary>The compiled delegate.</summary>
    [Benchmark]
    public void Adjoint() => chain(a, b, c, y);

    /// <summary>Intrinsics by hand.</summary>
    [Benchmark(Baseline = true)]
    public void Vector512() => HandWritten.TanhChain(a, b, c, y);
}

/// <summary>Sum of a vector.</summary>
public class Reductions
{
    private float[] x = [];
    private ReductionSuite.Total sum = null!;

    /// <summary>Elements.</summary>
    [Params(4096, 4_000_000)]
    public int N { get; set; }

    /// <summary>Compiles and fills.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Node v = Input("x", DType.Float32, ["n"]);
        (sum, x) = (new Computation([v], [Sum(v)]).Compile<ReductionSuite.Total>(options: new() { Threads = 1 }), Data.Floats(N, 1));
    }

    /// <summary>The compiled delegate.</summary>
    [Benchmark]
    public float Adjoint() => sum(x);

    /// <summary>Intrinsics by hand.</summary>
    [Benchmark(Baseline = true)]
    public float Vector512() => HandWritten.Sum(x);
}

/// <summary>Softmax over rows.</summary>
public class SoftmaxRows
{
    private readonly float[] x = Data.Floats(1 << 20, 1), y = new float[1 << 20];
    private SoftmaxSuite.Map softmax = null!;

    /// <summary>Compiles.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Node v = Input("x", DType.Float32, [1024, 1024]);
        softmax = new Computation([v], [Softmax(v)]).Compile<SoftmaxSuite.Map>(options: new() { Threads = 1 });
    }

    /// <summary>The compiled delegate.</summary>
    [Benchmark]
    public void Adjoint() => softmax(x, y);

    /// <summary>Intrinsics by hand.</summary>
    [Benchmark(Baseline = true)]
    public void Vector512() => HandWritten.Softmax(x, y, 1024, 1024);
}

/// <summary>Square matrix products.</summary>
public class Gemm
{
    private float[] a = [], b = [], c = [];
    private GemmSuite.Product product = null!;

    /// <summary>Rows, columns and inner extent.</summary>
    [Params(256, 512, 1024)]
    public int N { get; set; }

    /// <summary>Compiles and fills.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Node x = Input("a", DType.Float32, [N, N]), y = Input("b", DType.Float32, [N, N]);
        product = new Computation([x, y], [MatMul(x, y)]).Compile<GemmSuite.Product>(options: new() { Threads = 1 });
        (a, b, c) = (Data.Floats(N * N, 1), Data.Floats(N * N, 2), new float[N * N]);
    }

    /// <summary>The compiled delegate.</summary>
    [Benchmark]
    public void Adjoint() => product(a, b, c);
}

/// <summary>A training step.</summary>
public class MlpStep
{
    private readonly float[] images = Data.Floats(MlpSuite.Batch * MlpSuite.Pixels, 1);
    private readonly int[] labels = Data.Labels(MlpSuite.Batch, MlpSuite.Classes, 2);
    private MlpSuite.Step step = null!;

    /// <summary>Compiles.</summary>
    [GlobalSetup]
    public void Setup() => step = MlpSuite.Model().Compile<MlpSuite.Step>(options: new() { Threads = 1 });

    /// <summary>The compiled delegate.</summary>
    [Benchmark]
    public float Adjoint() => step(images, labels);
}

/// <summary>Compilation with an empty kernel cache.</summary>
public class CompileTime
{
    /// <summary>The perceptron's step.</summary>
    [Benchmark]
    public Executable Mlp()
    {
        Executable.ClearKernelCache();
        return MlpSuite.Model().Compile();
    }
}
