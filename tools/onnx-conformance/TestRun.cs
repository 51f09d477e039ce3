using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Onnx;

namespace Adjoint.OnnxConformance;

/// <summary>The result of one test: outputs, and gradients in both precisions where they are expected.</summary>
/// <param name="Test">The test.</param>
/// <param name="Forward">Outputs.</param>
/// <param name="Single">Gradients in float32; null where none are expected.</param>
/// <param name="Double">Gradients with float32 widened to float64.</param>
/// <param name="Milliseconds">How long all took.</param>
internal sealed record TestResult(TestCase Test, Outcome Forward, Outcome? Single, Outcome? Double, double Milliseconds)
{
    /// <summary>Outputs, to compare with those of a twin.</summary>
    public ImmutableArray<HostTensor> Outputs { get; init; } = [];

    /// <summary>Gradients by input in float64, to compare with those of a twin.</summary>
    public IReadOnlyDictionary<int, HostTensor> Gradients { get; init; } = new Dictionary<int, HostTensor>();
}

/// <summary>Runs one test through compiled code.</summary>
internal sealed class TestRun
{
    private const double SingleTolerance = 1e-4, DoubleTolerance = 1e-7;

    // Tests run side by side; each on one thread.
    private static readonly CompileOptions Options = new() { Threads = 1 };

    private readonly TestCase test;
    private readonly OnnxFile file;
    private readonly ImmutableArray<HostTensor> inputs;
    private readonly Lazy<ImmutableArray<HostTensor>> expected;
    private bool bindsIntegers;

    private TestRun(TestCase test)
    {
        (this.test, file) = (test, OnnxFile.Read(test.Model));
        inputs = test.Ramp ? [Ramp(file.Inputs[0].Shape!)] : [.. test.Inputs.Select(OnnxTensor.Read)];
        expected = new(() => [.. test.Outputs.Select(OnnxTensor.Read)]);
    }

    /// <summary>Runs a test; never throws.</summary>
    public static TestResult Of(TestCase test)
    {
        var watch = Stopwatch.StartNew();
        TestRun? run = null;
        ImmutableArray<HostTensor> outputs = [];
        Dictionary<int, HostTensor> gradients = [];
        var forward = Outcome.Of(() => (run = new(test)).Forward(out outputs));
        bool derives = run is not null && (test.Gradients.Count > 0 || test.WeightGradients is not null);
        var single = derives ? Outcome.Of(() => run!.Backward(widen: false, SingleTolerance, [])) : null;
        var twice = derives ? Outcome.Of(() => run!.Backward(widen: true, DoubleTolerance, gradients)) : null;
        return new(test, forward, single, twice, watch.Elapsed.TotalMilliseconds) { Outputs = outputs, Gradients = gradients };
    }

    private string? Forward(out ImmutableArray<HostTensor> outputs)
    {
        var results = Import(new()).Computation.Compile(options: Options).Run([.. Arguments(widen: false)]);
        outputs = [.. Enumerable.Range(0, results.Count).Select(i => results[i])];
        if (outputs.Length != expected.Value.Length)
            return $"there are {outputs.Length} outputs, expected {expected.Value.Length}";
        double tolerance = test.Compare == Compare.Exact ? 0 : test.Tolerance;
        return outputs.Zip(expected.Value).Select((pair, k) => test.Compare == Compare.Type
            ? Comparison.TypeDifference($"output {k}", pair.First, pair.Second)
            : Comparison.Difference($"output {k}", pair.First, pair.Second, pair.First.DType.IsFloat ? tolerance : 0))
                .FirstOrDefault(d => d is not null);
    }

    // L = sum of c(j, k) output_k[j] over floating-point outputs k and their elements j.
    private string? Backward(bool widen, double tolerance, Dictionary<int, HostTensor> found)
    {
        var model = Import(new() { Widen = widen, Trainable = test.WeightGradients is null ? null : _ => true });
        var f = model.Computation;
        var outputs = f.Outputs.Select((o, k) => (o.Value, k)).Where(p => p.Value.DType.IsFloat).ToList();
        Node[] seeds = [.. outputs.Select(p => Ops.Constant(Pattern.Seed(p.Value.DType, expected.Value[p.k].Shape, p.k)))];
        int[] wanted = [.. test.Gradients.Keys.Where(i => !IsBound(i))];
        Node[] wrt = [.. wanted.Select(i => model[file.Inputs[i].Name]), .. model.Variables];
        if (wrt.Length == 0)
            return null;
        var gradients = Gradient.Vjp([.. outputs.Select(p => p.Value)], wrt, seeds);
        var results = new Computation(f.Inputs.AsSpan(),
            [.. gradients.Select(g => (Output)g)]).Compile(options: Options).Run([.. Arguments(widen)]);
        for (int i = 0; i < wanted.Length; i++)
            found[wanted[i]] = results[i];
        return wanted.Select((input, i) =>
            Comparison.Difference($"gradient of input {input}", results[i], Expected(input, results[i]), tolerance,
            sameDType: false))
            .Concat(WeightDifferences(model, results, wanted.Length, tolerance)).FirstOrDefault(d => d is not null);
    }

    // Gradients of scalars are published with an axis of one element.
    private HostTensor Expected(int input, HostTensor got) =>
        OnnxTensor.Read(test.Gradients[input]) is var published && got.Rank == 0 && published.Length == 1
        ? HostTensor.From(published.Data, []) : published;

    private IEnumerable<string?> WeightDifferences(OnnxModel model, Results results, int first, double tolerance)
    {
        if (test.WeightGradients is null)
            return [];
        var rows = CsvTable.Read(test.WeightGradients).ToDictionary(r => r["initializer"]);
        return model.Variables
            .Select((v, i) => rows.TryGetValue(v.Name, out var row)
            ? Pattern.Difference(v.Name, results[first + i], row, tolerance) : null);
    }

    // An index may not list all inputs that fix a structure: where the import asks for one, integers and truth values
    // are bound too.
    private OnnxModel Import(OnnxOptions options)
    {
        try
        {
            return Bound(options);
        }
        catch (OnnxException e) when (e.IsUnsupported && !bindsIntegers && inputs.Any(t => !t.DType.IsFloat))
        {
            bindsIntegers = true;
            return Bound(options);
        }
    }

    // Extents that the file leaves open are those of the data.
    private OnnxModel Bound(OnnxOptions options)
    {
        var constants = Enumerable.Range(0, inputs.Length).Where(IsBound).ToDictionary(i => file.Inputs[i].Name, i => inputs[i]);
        var shapes = Enumerable.Range(0, inputs.Length).Where(i => !IsBound(i))
            .ToDictionary(i => file.Inputs[i].Name, i => Shape.Of(inputs[i].Shape.ToArray().Select(Dim.Of)));
        return file.Import(options with { Constants = constants, Shapes = shapes });
    }

    // Without an index, integers are taken for shapes and positions.
    private bool IsBound(int input) => test.DataDependent || (bindsIntegers && !inputs[input].DType.IsFloat)
        || (test.ConstantInputs?.Contains(input) ?? !inputs[input].DType.IsFloat);

    private IEnumerable<HostTensor> Arguments(bool widen) => inputs.Where((_, i) => !IsBound(i))
        .Select(t => widen && t.DType == DType.Float32 ? HostTensor.From(Comparison.Doubles(t), t.Shape) : t);

    private static HostTensor Ramp(Shape shape)
    {
        long count = shape.ElementCount.Constant;
        float[] values = [.. Enumerable.Range(0, (int)count).Select(i => (float)(i / (double)count))];
        return HostTensor.From(values, [.. shape.Select(d => d.Constant)]);
    }
}
