using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>Every op, compiled, computes what its reference says: for each dtype, register width, size and layout.</summary>
public class OpFacts
{
    private static readonly HashSet<Type> Exact =
    [
        typeof(Add), typeof(Subtract), typeof(Multiply), typeof(Divide), typeof(Negate), typeof(Abs), typeof(Sign),
        typeof(Sqrt), typeof(Maximum),
        typeof(Minimum), typeof(Equal), typeof(NotEqual), typeof(Less), typeof(LessOrEqual), typeof(Select), typeof(Clamp), typeof(Floor),
        typeof(Ceiling), typeof(Round), typeof(Relu), typeof(Operations.Convert), typeof(And), typeof(Or), typeof(Xor),
        typeof(Not), typeof(Any),
        typeof(StopGradient), typeof(InputOp), typeof(Constant),
    ];

    public static TheoryData<OpCase> Cases => [.. OpCases.All];

    public static TheoryData<OpCase> Elementwise => [.. OpCases.All.Where(IsElementwise)];

    [Theory, MemberData(nameof(Cases))]
    public void Compiled_equals_reference(OpCase op)
    {
        foreach (var dtype in op.DTypes)
            foreach (var width in Running.Widths)
            {
                var (inputs, result) = op.Graph(dtype);
                Check(op, Running.Of(inputs, result), width, op.Sample(dtype));
            }
    }

    /// <summary>
    /// Rows, matrices, transposed and reversed operands, broadcast and
    /// scalar ones, side by side in one computation of symbolic size.
    /// </summary>
    [Theory, MemberData(nameof(Elementwise))]
    public void And_so_it_does_for_every_size_and_layout(OpCase op)
    {
        foreach (var dtype in op.DTypes)
            foreach (var width in Running.Widths)
            {
                int lanes = Math.Max(4, width.Bytes() / dtype.Size);
                var (inputs, outputs) = Layouts(op, dtype, "n");
                var compiled = Running.Of(inputs, outputs).Compile(options: Running.At(width));
                foreach (long n in (long[])[0, 1, lanes - 1, lanes, lanes + 1, 3 * lanes + 5])
                    Check(op, compiled, Sample(op, inputs, dtype, n), $"{op} {dtype} {width} n = {n}");
                KernelCache.Clear();
            }
    }

    /// <summary>The same with sizes that the compiler knows.</summary>
    [Theory, MemberData(nameof(Elementwise))]
    public void And_for_static_sizes(OpCase op)
    {
        foreach (var dtype in op.DTypes)
            foreach (long n in (long[])[1, 17, 53])
            {
                var (inputs, outputs) = Layouts(op, dtype, n);
                Check(op, Running.Of(inputs, outputs), n == 17 ? VectorWidth.Bits256 : VectorWidth.Bits512, Sample(op, inputs, dtype, n));
            }
        KernelCache.Clear();
    }

    private static (Node[] Inputs, Node[] Outputs) Layouts(OpCase op, DType dtype, Dim n)
    {
        var inputs = new List<Node>();
        Node[] Operands(Func<int, Shape> shape, Func<Node, Node>? view = null) => [.. op.Operands.Select((o, i) =>
        {
            inputs.Add(Input($"x{inputs.Count}", o.Fixed ?? dtype, shape(i)));
            return view is null ? inputs[^1] : view(inputs[^1]);
        })];
        Node[] outputs =
        [
            op.Build(Operands(_ => [n])), op.Build(Operands(_ => [3, n])), op.Build(Operands(_ => [])), op.Build(Operands(_ => [n, 1])),
            op.Build(Operands(_ => [n, 3], x => Transpose(x))), op.Build(Operands(_ => [n], x => Flip(x))),
            op.Build(Operands(_ => [3, n * 2 + 1], x => Slice(x, 1, 1, step: 2))),
            op.Build(Operands(i => i % 2 == 0 ? [n] : [3, 1], x => BroadcastTo(x, [3, n]))),
            op.Build(Operands(i => i % 2 == 0 ? [2, 1, n] : [], x => BroadcastTo(x, [2, 3, n]))),
        ];
        return ([.. inputs], outputs);
    }

    private static HostTensor[] Sample(OpCase op, Node[] inputs, DType dtype, long n)
    {
        var random = new Random(7);
        var bindings = new Dictionary<string, long> { ["n"] = n };
        return [.. inputs.Select((x, i) =>
            (op.Operands[i % op.Operands.Length] with { Shape = x.Shape.Evaluate(bindings) }).Sample(random, dtype))];
    }

    private static void Check(OpCase op, Computation f, VectorWidth width, HostTensor[] arguments) =>
        Check(op, f.Compile(options: Running.At(width)), arguments, $"{op} {arguments[0].DType} {width}");

    private static void Check(OpCase op, Executable compiled, HostTensor[] arguments, string what)
    {
        var expected = Running.Truth(compiled.Source, arguments);
        var results = compiled.Run(arguments);
        for (int i = 0; i < expected.Length; i++)
            if (expected[i].DType is { IsFloat: false } || IsExact(compiled.Source))
                Assert.True(Running.Difference(expected[i], results[i], 0) is null,
                    $"{what}, output {i}: {Running.Difference(expected[i], results[i], 0)}");
            else
                Running.AssertClose(expected[i], results[i], op.Ulps * Ulp(expected[i].DType), $"{what}, output {i}");
    }

    private static double Ulp(DType type) => Math.ScaleB(1, type == DType.Float32 ? -23 : -52);

    private static bool IsExact(Computation f) => f.Applies.All(a => a.Op is View || Exact.Contains(a.Op.GetType()));

    private static bool IsElementwise(OpCase op)
    {
        var (inputs, result) = op.Graph(op.DTypes[0]);
        return op.Operands.All(o => o.Shape.AsSpan().SequenceEqual(op.Operands[0].Shape) && o.Shape.Length == 2)
            && Running.Of(inputs, result).Applies
            .All(a => a.Op is Operations.Elementwise or Leaf || (a.Op is Broadcast && a.Inputs[0].Rank == 0));
    }
}
