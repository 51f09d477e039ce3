using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Laws;

/// <summary>Any delegate type that says what passes where: scalars, references, arrays, tensors, structs, tuples. As straight-line code and as loops.</summary>
public class TypedFacts
{
    private static readonly Node A = Input("a", DType.Float64, []), B = Input("b", DType.Float64, []);
    private static readonly Node V = Input("v", DType.Float32, [3]), M = Input("m", DType.Float32, [4, 4]), N = Input("n", DType.Float64, ["n"]);

    public static TheoryData<Flattening> Ways => [Flattening.Always, Flattening.Never];

    public readonly record struct Pair(double B, double A);

    public record struct Results(double Sum, double Product);

    internal struct Mutable
    {
        public double Product { get; set; }

        public double Sum { get; set; }
    }

    private delegate void ByReference(in double a, ref double b, out double sum, out double product);

    private delegate Results OfStruct(in Pair x);

    private delegate void IntoStruct(Pair x, out Mutable y);

    private delegate (double Sum, double Product) Tuple(double a, double b);

    private delegate Vector3 Transform(Vector3 v, in Matrix4x4 m);

    private delegate void Arrays(double[] n, double[] y);

    private delegate void Tensors(Tensor<float> m, TensorSpan<float> y);

    private delegate void ReadOnlyTensors(ReadOnlyTensorSpan<float> m, Tensor<float> y);

    private static Computation Scalars => new([A, B], [("sum", A + B), ("product", A * B)]);

    private static TDelegate Compile<TDelegate>(Computation f, Flattening way) where TDelegate : Delegate =>
        f.Compile<TDelegate>(options: new() { Flatten = way });

    [Theory, MemberData(nameof(Ways))]
    public void Scalars_pass_by_reference_even_to_where_they_came_from(Flattening way)
    {
        var f = Compile<ByReference>(Scalars, way);
        double a = 3, b = 4;
        f(a, ref b, out double sum, out double product);
        Assert.Equal((7.0, 12.0, 4.0), (sum, product, b));
        f(a, ref b, out a, out b);
        Assert.Equal((7.0, 12.0), (a, b));
    }

    [Theory, MemberData(nameof(Ways))]
    public void Members_of_structs_are_inputs_and_outputs_of_their_names(Flattening way)
    {
        Assert.Equal(new Results(7, 12), Compile<OfStruct>(Scalars, way)(new(B: 4, A: 3)));
        Assert.Equal(1, Compile<OfStruct>(new([A, B], [("product", A / A), ("sum", A - B)]), way)(new(B: 4, A: 3)).Product);
        Compile<IntoStruct>(Scalars, way)(new(1, 2), out var y);
        Assert.Equal((3.0, 2.0), (y.Sum, y.Product));
    }

    [Theory, MemberData(nameof(Ways))]
    public void Tuples_hold_outputs_in_order(Flattening way) => Assert.Equal((7.0, 12.0), Compile<Tuple>(Scalars, way)(3, 4));

    [Theory, MemberData(nameof(Ways))]
    public void Vectors_and_matrices_of_the_base_library_are_tensors(Flattening way)
    {
        var f = new Computation([V, M], [Slice(Reshape(MatMul(Reshape(Concat([V, Constant(new[] { 1f })]), [1, 4]), M), [4]), 0, 0, 3)]);
        var m = Matrix4x4.CreateFromYawPitchRoll(0.1f, 0.2f, 0.3f) * Matrix4x4.CreateTranslation(1, 2, 3);
        var (expected, actual) = (Vector3.Transform(new(1, 2, 3), m), Compile<Transform>(f, way)(new(1, 2, 3), m));
        Assert.True((expected - actual).Length() < 1e-6, $"{expected} {actual}");
    }

    [Fact]
    public void Arrays_are_spans_and_null_is_named()
    {
        var f = new Computation([N], [N * 2]).Compile<Arrays>();
        double[] x = [1, 2, 3], y = new double[3];
        f(x, y);
        Assert.Equal([2, 4, 6], y);
        Assert.Equal("y", Assert.Throws<ArgumentNullException>(() => f(x, null!)).ParamName);
        Assert.Throws<ArgumentException>(() => f(x, x));
        Assert.Throws<ArgumentException>(() => f(x, new double[2]));
    }

    [Theory, MemberData(nameof(Ways))]
    public void Tensors_pass_where_they_are_dense_and_of_the_shape(Flattening way)
    {
        float[] data = [.. Enumerable.Range(0, 16).Select(i => (float)i)];
        var f = new Computation([M], [Transpose(M, [1, 0])]);
        var y = Tensor.Create(new float[16], [4, 4]);
        Compile<Tensors>(f, way)(Tensor.Create(data, [4, 4]), y);
        Assert.Equal(13f, y[1, 3]);
        Compile<ReadOnlyTensors>(f, way)(y, Tensor.Create(data, [4, 4]));
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (float)i), data);
        Assert.Contains("[2, 8]", Assert.Throws<ArgumentException>(() => Compile<Tensors>(f, way)(Tensor.Create(data, [2, 8]), y)).Message);
        Assert.Contains("strides", Assert.Throws<ArgumentException>(() => Compile<Tensors>(f, way)(Tensor.Transpose(y), y)).Message);
    }

    private delegate double TooFew(double a);

    private delegate Vector2 Wrong(Vector3 v);

    private delegate void Unknown(Other x, out double sum, out double product);

    public readonly record struct Other(double A, double C);

    [Fact]
    public void What_does_not_fit_is_shown_what_would()
    {
        Assert.Contains("delegate double TooFew(double a, double b, Span<double> product);", Message<TooFew>(Scalars), StringComparison.Ordinal);
        Assert.Contains("Vector2", Message<Wrong>(new([V], [V * 2])), StringComparison.Ordinal);
        Assert.Contains("Other", Message<Unknown>(Scalars), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Ways))]
    public void Structs_and_references_allocate_nothing(Flattening way)
    {
        var (f, g, h) = (Compile<OfStruct>(Scalars, way), Compile<Tuple>(Scalars, way), Compile<ByReference>(Scalars, way));
        double Once()
        {
            double b = 2;
            h(1, ref b, out double sum, out double product);
            return f(new(1, 2)).Sum + g(3, 4).Sum + sum + product;
        }
        Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Once();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string Message<TDelegate>(Computation f) where TDelegate : Delegate =>
        Assert.Throws<ArgumentException>(() => f.Compile<TDelegate>()).Message;
}
