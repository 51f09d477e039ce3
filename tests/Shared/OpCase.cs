namespace Adjoint.Tests;

/// <summary>An operand of a case: its shape, and where its values may lie.</summary>
/// <param name="Shape">Extents.</param>
/// <param name="Low">Smallest value.</param>
/// <param name="High">Largest value.</param>
public sealed record Operand(long[] Shape, double Low = -2, double High = 2)
{
    /// <summary>Element type where it is not the one that the case runs in: positions, labels, conditions.</summary>
    public DType? Fixed { get; init; }

    /// <summary>Values at which the op has a kink or a jump: samples keep their distance.</summary>
    public double[] Kinks { get; init; } = [];

    /// <summary>Integers in [low, high].</summary>
    public static Operand Positions(long[] shape, int low, int high, DType? dtype = null) =>
        new(shape, low, high) { Fixed = dtype ?? DType.Int32 };

    /// <summary>Truth values.</summary>
    public static Operand Truths(params long[] shape) => new(shape, 0, 1) { Fixed = DType.Bool };

    /// <summary>Random values.</summary>
    public HostTensor Sample(Random random, DType dtype)
    {
        var tensor = HostTensor.Zeros(Fixed ?? dtype, Shape);
        return tensor.DType.Visit(new Filler(tensor, () => Draw(random, tensor.DType)));
    }

    private double Draw(Random random, DType dtype)
    {
        if (!dtype.IsFloat)
            return random.Next((int)Math.Ceiling(Low), (int)Math.Floor(High) + 1);
        while (true)
            if (Low + (High - Low) * random.NextDouble() is var value && Kinks.All(k => Math.Abs(value - k) > 0.01))
                return value;
    }

    private readonly struct Filler(HostTensor target, Func<double> next) : IDTypeVisitor<HostTensor>
    {
        public HostTensor Visit<T>() where T : unmanaged
        {
            foreach (ref T x in target.Span<T>())
                x = Bits.FromDouble<T>(next());
            return target;
        }
    }
}

/// <summary>One way to use one op: how to build it, and where its operands may lie. Laws over all ops run over these.</summary>
/// <param name="Name">What is built, such as <c>sum of rows</c>.</param>
/// <param name="Build">From inputs of the operands' types to the result.</param>
/// <param name="Operands">Its operands.</param>
public sealed record OpCase(string Name, Func<Node[], Node> Build, params Operand[] Operands)
{
    /// <summary>Whether a derivative with respect to float operands exists (where slopes are zero by convention it does).</summary>
    public bool Differentiable { get; init; } = true;

    /// <summary>Element types that it runs in.</summary>
    public DType[] DTypes { get; init; } = [DType.Float64, DType.Float32];

    /// <summary>
    /// Largest difference of compiled and reference results relative
    /// to the largest magnitude, in units of the type's last place.
    /// </summary>
    public double Ulps { get; init; } = 16;

    /// <summary>The name of the leading extent where that is a symbol rather than a number.</summary>
    public string? RowSymbol { get; init; }

    /// <summary>The case as a graph in an element type.</summary>
    public (Node[] Inputs, Node Result) Graph(DType dtype)
    {
        Node[] inputs = [.. Operands.Select((o, i) => Ops.Input($"x{i}", o.Fixed ?? dtype, Declared(o)))];
        return (inputs, Build(inputs));
    }

    private Shape Declared(Operand o) =>
        Shape.Of(o.Shape.Select((n, a) => a == 0 && RowSymbol is not null ? Dim.Symbol(RowSymbol) : Dim.Of(n)));

    /// <summary>Values for the inputs, the same for the same seed.</summary>
    public HostTensor[] Sample(DType dtype, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Operands.Select(o => o.Sample(random, dtype))];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
