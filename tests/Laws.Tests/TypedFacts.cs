using System.Numerics;
using System.Numerics.Tensors;
using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>
/// Any delegate type that says what passes where: scalars, references,
/// arrays, tensors, structs, tuples. As straight-line code and as loops.
/// </summary>
public class TypedFacts
{
    private static readonly Node A = Input("a", DType.Float64, []), B = Input("b", DType.Float64, []);
    private static readonly Node V = Input("v", DType.Float32, [3]), M = Input("m", DType.Float32, [4, 4]),
        N = Input("n", DType.Float64, ["n"]);

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

    private delegate void Grids(double[,] m, double[,,] y);

    [Theory, MemberData(nameof(Ways))]
    public void Arrays_of_several_axes_are_tensors_of_as_many(Flattening way)
    {
        Node m = Input("m", DType.Float64, [2, 3]);
        var f = Compile<Grids>(new([m], [Reshape(Transpose(m, [1, 0]), [3, 1, 2])]), way);
        var y = new double[3, 1, 2];
        f(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, y);
        Assert.Equal([1, 4, 2, 5, 3, 6], y.Cast<double>());
        Assert.Contains("'m' needs an array of shape [2, 3], got [3, 2]",
            Assert.Throws<ArgumentException>(() => f(new double[3, 2], y)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => f(null!, y));
    }

    private delegate void Rows(float[,] x, float[,] y);

    [Fact]
    public void Extents_that_are_symbols_are_those_of_the_arrays()
    {
        Node x = Input("x", DType.Float32, ["rows", 2]);
        var f = new Computation([x], [x * x]).Compile<Rows>();
        var y = new float[3, 2];
        f(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, y);
        Assert.Equal([1, 4, 9, 16, 25, 36], y.Cast<float>());
        f(new float[0, 2], new float[0, 2]);
        Assert.Throws<ArgumentException>(() => f(new float[2, 3], y));
    }

    private delegate void Weighted(float[,] x, ReadOnlySpan<float> weights, TensorSpan<float> y);

    [Fact]
    public void Arrays_and_tensors_say_what_several_symbols_are_and_may_not_contradict_each_other()
    {
        Node x = Input("x", DType.Float32, ["rows", "columns"]), weights = Input("weights", DType.Float32, ["columns"]);
        var alone = new Computation([x], [Transpose(Transpose(x, [1, 0]) * 2, [1, 0])]).Compile<Rows>();
        float[,] data = { { 1, 2, 3 }, { 4, 5, 6 } }, y = new float[2, 3];
        alone(data, y);
        Assert.Equal([2, 4, 6, 8, 10, 12], y.Cast<float>());
        Assert.Contains("needs 2 on axis 0, got 3",
            Assert.Throws<ArgumentException>(() => alone(data, new float[3, 2])).Message, StringComparison.Ordinal);
        alone(new float[3, 2], new float[3, 2]);
        Garbage.AssertNone(() => alone(data, y));

        var f = new Computation([x, weights], [MatMul(x, Reshape(weights, [Dim.Symbol("columns"), 1]))]).Compile<Weighted>();
        var sums = new float[2];
        f(data, [1, 10, 100], new(sums, [2, 1]));
        Assert.Equal([321, 654], sums);
        Assert.Throws<ArgumentException>(() => f(new float[3, 2], [1, 10, 100], new(sums, [2, 1])));
        Assert.Throws<ArgumentException>(() => f(data, [1, 10, 100], new(sums, [1, 2])));
        Assert.Equal([321, 654], sums);
    }

    public readonly record struct Inner(double A);

    public readonly record struct Outer(Inner Inside, double B);

    public record struct Both(Results First, double Third);

    private delegate Both Nested(in Outer x);

    [Theory, MemberData(nameof(Ways))]
    public void Structs_in_structs_are_found_by_their_own_names_or_with_the_path(Flattening way)
    {
        Assert.Equal(new Both(new(7, 12), -1),
            Compile<Nested>(new([A, B], [("sum", A + B), ("third", A - B), ("product", A * B)]), way)(new(new(3), 4)));
        Node a = Input("inside.a", DType.Float64, []);
        Assert.Equal(new Both(new(7, 12), -1),
            Compile<Nested>(new([B, a], [("third", a - B), ("First.Product", a * B), ("first.sum", a + B)]), way)(new(new(3), 4)));
    }

    private delegate (double, double, double, double, double, double, double, double, Vector3,
        double) Ten((double A, double B) x, ref readonly double c);

    [Theory, MemberData(nameof(Ways))]
    public void Tuples_may_be_long_and_may_be_arguments(Flattening way)
    {
        Node c = Input("c", DType.Float64, []), single = Convert(A, DType.Float32);
        var f = Compile<Ten>(new([A, B, c],
            [A + B, A - B, A * B, A + c, B + c, A * c, B * c, A - c, Stack([single, single, single]), B - c]), way);
        double two = 2;
        Assert.Equal((7, -1, 12, 5, 6, 6, 8, 1, new Vector3(3), 2), f((3, 4), in two));
    }

    private delegate void ReadOnlyResult(double a, double b, in double sum, out double product);

    [Fact]
    public void Results_do_not_go_into_what_is_read_only() =>
        Assert.Contains("'sum' is double, but no input is left", Message<ReadOnlyResult>(Scalars), StringComparison.Ordinal);

    [Fact]
    public void Names_in_the_type_that_fits_are_names_of_CSharp() =>
        Assert.Contains("(double _2_a, ReadOnlySpan<float> v)",
            Message<TooFew>(new([Input("2.a", DType.Float64, []), V], [("s", Sum(V))])), StringComparison.Ordinal);

    private delegate double TooFew(double a);

    private delegate Vector2 Wrong(Vector3 v);

    private delegate void Unknown(Other x, out double sum, out double product);

    public readonly record struct Other(double A, double C);

    [Fact]
    public void What_does_not_fit_is_shown_what_would()
    {
        Assert.Contains("delegate double TooFew(double a, double b, out double product);", Message<TooFew>(Scalars),
            StringComparison.Ordinal);
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
        Garbage.AssertNone(() => Once());
    }

    private static string Message<TDelegate>(Computation f) where TDelegate : Delegate =>
        Assert.Throws<ArgumentException>(() => f.Compile<TDelegate>()).Message;
}
