using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Tests;

/// <summary>How files become computations: names, symbols, functions, branches, precision, fills.</summary>
public class ImportFacts
{
    [Fact]
    public void Inputs_and_outputs_keep_their_names()
    {
        var f = Affine().Import().Computation;
        Assert.Equal("x", ((Operations.InputOp)Assert.Single(f.Inputs).Op).Key);
        Assert.Equal("y", Assert.Single(f.Outputs).Name);
    }

    [Fact]
    public void A_named_extent_is_bound_by_each_call()
    {
        var run = Affine().Import().Computation.Compile();
        foreach (int batch in new[] { 1, 2, 5 })
            Assert.Equal([batch, 2], run.Run(new float[batch, 3])[0].Shape.ToArray());
    }

    [Fact]
    public void Arithmetic_on_shapes_keeps_symbols()
    {
        // [n, 2, 3] to [n, 6], with the shape computed as exporters do it.
        var model = new ModelBuilder(13).Input("x", ElementType.Float, "n", 2, 3).Weight("zero", new long[] { 0 })
            .Weight("rest", new long[] { -1 })
            .Node("shape", "Shape", "x").Node("n", "Gather", "shape, zero").Node("target", "Concat", "n, rest", ("axis", 0))
            .Node("y", "Reshape", "x, target").Output("y").Import();
        Assert.Equal("[n, 6]", model["y"].Shape.ToString());
        Assert.Equal([4, 6], model.Computation.Compile().Run(new float[4, 2, 3])[0].Shape.ToArray());
    }

    [Fact]
    public void A_huge_fill_stays_one_number()
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 2).Weight("shape", new long[] { 1_000_000, 1_000_000, 2 })
            .Node("fill", "ConstantOfShape", "shape", ("value", HostTensor.From(new[] { 3f })))
            .Node("cut", "Slice", "fill, start, end").Weight("start", new long[] { 0, 0, 0 })
                .Weight("end", new long[] { 1, 1, 2 })
            .Node("y", "Add", "x, cut").Output("y");
        Assert.Equal(new float[] { 4, 5 }, model.Run(new float[] { 1, 2 }).ToArray<float>());
    }

    [Fact]
    public void Functions_are_inlined_with_the_attributes_of_their_call()
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 2).Output("y");
        model.Model.OpsetImport.Add(new OperatorSetProto { Domain = "mine", Version = 1 });
        var leaky = ModelBuilder.Apply("out", "LeakyRelu", "in");
        leaky.Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = 1 });
        model.Model.Functions.Add(new FunctionProto { Name = "Bent", Domain = "mine", Input = { "in" },
            Output = { "out" }, Attribute = { "slope" }, Node = { leaky },
            OpsetImport = { new OperatorSetProto { Version = 13 } } });
        var call = ModelBuilder.Apply("y", "Bent", "x", ("slope", 0.5f));
        call.Domain = "mine";
        model.Model.Graph.Node.Add(call);
        Assert.Equal(new float[] { -1, 2 }, model.Run(new float[] { -2, 2 }).ToArray<float>());
    }

    [Fact]
    public void An_unknown_condition_selects_between_both_branches()
    {
        GraphProto Branch(string op) =>
            new() { Node = { ModelBuilder.Apply("r", op, "x") }, Output = { new ValueInfoProto { Name = "r" } } };
        var model = new ModelBuilder(13).Input("c", ElementType.Bool).Input("x", ElementType.Float, 2)
            .Node("y", "If", "c", ("then_branch", Branch("Neg")), ("else_branch", Branch("Exp"))).Output("y");
        Assert.Equal(new float[] { -1, 2 }, model.Run(true, new float[] { 1, -2 }).ToArray<float>());
        Assert.Equal(MathF.Exp(1), model.Run(false, new float[] { 1, -2 }).ToArray<float>()[0], 1e-5f);
    }

    [Fact]
    public void A_loop_of_known_length_is_unrolled()
    {
        var body = new GraphProto { Node = { ModelBuilder.Apply("more", "Identity", "go"),
            ModelBuilder.Apply("next", "Add", "sum, x"), ModelBuilder.Apply("seen", "Identity", "next") } };
        body.Input.AddRange(new[] { ModelBuilder.Declared("i", ElementType.Int64),
            ModelBuilder.Declared("go", ElementType.Bool), ModelBuilder.Declared("sum", ElementType.Float, 2) });
        body.Output.AddRange(new[] { "more", "next", "seen" }.Select(n => new ValueInfoProto { Name = n }));
        var run = new ModelBuilder(13).Input("x", ElementType.Float, 2).Weight("trips", 3L).Weight("go", true)
            .Node("last, all", "Loop", "trips, go, x", ("body", body)).Output("last", "all")
                .Import().Computation.Compile().Run(new float[] { 1, 2 });
        Assert.Equal(new float[] { 4, 8 }, run["last"].ToArray<float>());
        Assert.Equal(new float[] { 2, 4, 3, 6, 4, 8 }, run["all"].ToArray<float>());
    }

    [Fact]
    public void Widening_keeps_the_value_that_the_file_has()
    {
        var y = new ModelBuilder(13).Input("x", ElementType.Float, 1).Node("y", "LeakyRelu", "x", ("alpha", 0.1f)).Output("y")
            .Import(new() { Widen = true }).Computation.Compile().Run(new double[] { -1 })[0];
        Assert.Equal(-(double)0.1f, y.ToArray<double>()[0]);
    }

    [Fact]
    public void An_input_that_fixes_a_shape_is_bound_as_a_constant()
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 4).Input("shape", ElementType.Int64, 2)
            .Node("y", "Reshape", "x, shape").Output("y");
        var f = model.Import(new() { Constants = new Dictionary<string,
            HostTensor> { ["shape"] = new long[] { 2, 2 } } }).Computation;
        Assert.Single(f.Inputs);
        Assert.Equal("[2, 2]", f.Outputs[0].Value.Shape.ToString());
    }

    [Fact]
    public void Nodes_are_scopes_where_asked()
    {
        var model = Affine();
        model.Model.Graph.Node[0].Name = "/layer/MatMul";
        Assert.Contains(model.Import(new() { Scopes = true }).Computation.Applies, a => a.Scope == "/layer/MatMul");
    }

    private static ModelBuilder Affine() => new ModelBuilder(13).Input("x", ElementType.Float, "batch", 3)
        .Weight("w", new float[3, 2]).Weight("b", new float[2])
        .Node("h", "MatMul", "x, w").Node("y", "Add", "h, b").Output("y");
}
