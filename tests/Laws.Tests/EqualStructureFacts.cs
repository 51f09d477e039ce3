using System.Runtime.CompilerServices;

namespace Adjoint.Laws;

/// <summary>A computation of equal structure is not compiled again, and nobody can tell but by the clock and the report.</summary>
public class EqualStructureFacts
{
    private static Computation Model(double scale = 3, double start = 1, string variable = "w", int width = 4)
    {
        Node x = Input("x", DType.Float64, ["n", width]);
        Variable w = new(variable, [width], Init.Constant(start), DType.Float64);
        Node loss = Mean(Square(x * w * scale));
        return new Computation([x], [loss]).WithUpdates(Sgd.Updates([w], [.. Gradient.Of(loss, [w])], 0.25));
    }

    private static double Loss(Executable e, int width = 4) => e.Run(Ones(width))[0].Scalar<double>();

    private static HostTensor Ones(int width)
    {
        var x = HostTensor.Zeros(DType.Float64, [2, width]);
        x.Span<double>().Fill(1);
        return x;
    }

    [Fact]
    public void What_one_piece_of_code_builds_twice_is_compiled_once()
    {
        var (first, second) = (Model().Compile(), Model().Compile());
        Assert.True(second.Report.IsReused);
        Assert.Equal(0, second.Report.NewKernels);
        Assert.Equal(first.ToKernelText(), second.ToKernelText());
        Assert.Contains("equal structure", second.Report.ToString());
    }

    [Fact]
    public void Variables_keep_their_own_first_values_and_stores()
    {
        var (first, second) = (Model(start: 1).Compile(), Model(start: 2).Compile());
        Assert.True(second.Report.IsReused);
        Assert.Equal(9, Loss(first));
        Assert.Equal(36, Loss(second));
        Assert.NotEqual(9, Loss(first));   // updated, and the other store was not
        Assert.NotEqual(first.Source, second.Source);
    }

    [Fact]
    public void Constants_names_shapes_and_options_tell_structures_apart()
    {
        _ = Model().Compile();
        Assert.Equal(25, Loss(Model(scale: 5).Compile()));
        Assert.False(Model(scale: 7).Compile().Report.IsReused);
        Assert.False(Model(variable: "v").Compile().Report.IsReused);
        Assert.False(Model(width: 5).Compile().Report.IsReused);
        Assert.False(Model().Named("other").Compile().Report.IsReused);
        Assert.False(Model().Compile(nanGuard: true).Report.IsReused);
        Assert.False(Model().Compile(validate: true).Report.IsReused);
        Assert.False(Model().Compile(options: new() { VectorWidth = VectorWidth.Scalar }).Report.IsReused);
    }

    [Fact]
    public void Zeros_of_either_sign_are_different_constants()
    {
        static double Quotient(double zero)
        {
            Node x = Input("x", DType.Float64, ["n"]);
            return new Computation([x], [x / (x * zero)]).Compile().Run(new double[] { 1 })[0].ToArray<double>()[0];
        }
        Assert.Equal(double.PositiveInfinity, Quotient(0.0));
        Assert.Equal(double.NegativeInfinity, Quotient(-0.0));
    }

    [Fact]
    public void Messages_name_the_lines_of_the_computation_that_runs()
    {
        static Executable At(int line)
        {
            Node x = Input("x", DType.Float32, ["n"]), i = Input("i", DType.Int32, ["m"]);
            return new Computation([x, i], [Gather(x, i, file: "User.cs", line: line)]).Compile();
        }
        foreach (int line in new[] { 11, 22, 11 })
            Assert.Contains($"User.cs:{line}", Assert.Throws<ComputationException>(() => At(line).Run(new float[3], new[] { 9 })).Message);
    }

    [Fact]
    public void Two_variables_of_one_name_are_an_error_after_one_variable_read_twice_was_not()
    {
        static Computation Of(Variable a, Variable b)
        {
            Node x = Input("x", DType.Float32, [3]);
            return new([x], [x * a + b]);
        }
        static Variable Named() => new("twice", [3]);
        var one = Named();
        _ = Of(one, one).Compile();
        Assert.Throws<GraphException>(() => Of(Named(), Named()).Compile());
    }

    [Fact]
    public void Inputs_that_change_places_are_another_structure()
    {
        static float Difference(bool swapped)
        {
            Node x = Input("x", DType.Float32, []), y = Input("y", DType.Float32, []);
            Node[] inputs = swapped ? [y, x] : [x, y];
            return new Computation(inputs, [x - y]).Compile().Run(5f, 3f).Scalar<float>();
        }
        Assert.Equal(2, Difference(false));
        Assert.Equal(-2, Difference(true));
    }

    private delegate double Line(double x);

    [Fact]
    public void Typed_delegates_of_equal_structure_are_one_while_they_hold_no_memory()
    {
        static Line Times(double slope)
        {
            Node x = Input("x", DType.Float64, []);
            return new Computation([x], [Sin(x * slope)]).Compile<Line>();
        }
        Assert.Same(Times(2), Times(2));
        Assert.Equal(Math.Sin(6), Times(3)(2), 12);
    }

    [Fact]
    public void Many_threads_that_compile_one_structure_get_programs_of_their_own()
    {
        var losses = new double[16];
        Parallel.For(0, losses.Length, i => losses[i] = Loss(Model(start: 1 + i, variable: "threads").Compile()));
        for (int i = 0; i < losses.Length; i++)
            Assert.Equal(9.0 * (1 + i) * (1 + i), losses[i]);
    }

    [Fact]
    public void Large_constants_are_not_kept_alive()
    {
        var gone = CompileLarge();
        for (int i = 0; i < 20 && gone.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(gone.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference CompileLarge()
    {
        Node x = Input("x", DType.Float32, [1 << 20]);
        var f = new Computation([x], [x + Constant(new float[1 << 20])]);
        _ = f.Compile();
        return new(f);
    }
}
