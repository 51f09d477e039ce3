using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// Unrolls a computation whose tensors are small and of known shape into straight-line code on single elements: views and
/// gathers at known positions cost nothing, equal parts meet wherever they come from, and there is no loop, no memory and
/// no launch between two ops. Sums run in index order.
/// </summary>
internal sealed class Flattener
{
    private readonly FlatGraph graph;
    private readonly int limit;
    private readonly ImmutableHashSet<Soundness> admitted;
    private readonly Body body;
    private readonly KnownValues known;
    private readonly Dictionary<Node, Value[]> values;
    private readonly List<FlatElement> elements = [];
    private readonly List<string> errors = [];
    private Value[] operands = new Value[4];   // of the element at hand

    private Flattener(FlatGraph graph, int limit, ImmutableHashSet<Soundness> admitted)
    {
        (this.graph, this.limit, this.admitted, body) = (graph, limit, admitted, new(graph.Applies.Length));
        (known, values) = (new(body), new(graph.Applies.Length));
    }

    /// <summary>
    /// The straight-line code of an optimised computation; null where an op
    /// has none, or where it would have more instructions than the limit.
    /// </summary>
    public static FlatProgram? Of(Computation f, int limit, ImmutableHashSet<Soundness>? admitted = null) =>
        f.Updates.IsEmpty && f.Variables.IsEmpty ? Of(FlatGraph.Of(f), limit, admitted ?? Soundness.Default) : null;

    /// <summary>
    /// The straight-line code of a graph; null where an op has none,
    /// or where it would have more instructions than the limit.
    /// </summary>
    public static FlatProgram? Of(FlatGraph graph, int limit, ImmutableHashSet<Soundness> admitted) =>
        FlatGraph.AreSmall(graph.Inputs, limit) && graph.Applies.All(a => FlatGraph.AreSmall(a.Results, limit))
        ? new Flattener(graph, limit, admitted).Run() : null;

    private FlatProgram? Run()
    {
        for (int i = 0; i < graph.Inputs.Length; i++)
            values[graph.Inputs[i]] = Loads(i, graph.Inputs[i]);
        foreach (var apply in graph.Applies)
            if (!Lower(apply) || body.Instructions.Count > 8L * limit)
                return null;
        var stores = ImmutableArray.CreateBuilder<(int, Value)>();
        for (int o = 0; o < graph.Outputs.Length; o++)
            foreach (var (i, value) in values[graph.Outputs[o]].Index())
                stores.Add((Slot(new(graph.Inputs.Length + o, i, value.Type)), value));
        var region = FlatBody.Simplify(new(body, [], stores.ToImmutable()), admitted);
        return region.Body.Instructions.Count > limit ? null : new(region, [.. elements], [.. errors]);
    }

    private Value[] Loads(int external, Node input) =>
        [.. Enumerable.Range(0, (int)FlatGraph.Count(input)).Select(i => body.Load(input.DType, Slot(new(external, i, input.DType))))];

    private int Slot(FlatElement element)
    {
        elements.Add(element);
        return elements.Count - 1;
    }

    private bool Lower(Apply apply)
    {
        var x = new Value[apply.Inputs.Length][];
        for (int i = 0; i < x.Length; i++)
            x[i] = values[apply.Inputs[i]];
        if (apply.Op is Routine)
            return Unroll(apply, x);
        if (apply.Results is not [var y])
            return false;
        Value[]? made = apply.Op switch
        {
            Constant c => Constants(c),
            Elementwise e => Mapped(e, y, x),
            Reduction r => Reduced(r, apply.Inputs[0], y, x[0]),
            View v => Viewed(v, apply.Inputs[0], y, x[0]),
            Assembly a => Assembled(a, apply, y, x),
            MatMul => Multiplied(apply, y, x[0], x[1]),
            Generator g => Generated(g, apply, y, x),
            Scatter s => Scattered(s, apply, x),
            _ => null,
        };
        if (made is not null)
            values[y] = made;
        return made is not null;
    }

    private bool Unroll(Apply apply, Value[][] x)
    {
        if (FlatRoutine.Of(apply, body, known, x, 8L * limit) is not { } made)
            return false;
        for (int r = 0; r < made.Length; r++)
            values[apply.Results[r]] = made[r];
        return true;
    }

    private static Value[] Each(Node y, Func<int, Value> element)
    {
        var made = new Value[FlatGraph.Count(y)];
        for (int i = 0; i < made.Length; i++)
            made[i] = element(i);
        return made;
    }

    private Value[] Mapped(Elementwise op, Node y, Value[][] x)
    {
        var made = new Value[FlatGraph.Count(y)];
        if (operands.Length < x.Length)
            operands = new Value[x.Length];
        for (int i = 0; i < made.Length; i++)
        {
            for (int k = 0; k < x.Length; k++)
                operands[k] = x[k][i];
            made[i] = op.Lower(body, operands.AsSpan(0, x.Length));
        }
        return made;
    }

    private Value[] Constants(Constant c)
    {
        var bits = c.Type.DType.Visit(new BitsOf(c.Values));
        return [.. bits.Select(b => body.ConstantBits(c.Type.DType, b))];
    }

    private static Value[]? Viewed(View view, Node from, Node y, Value[] x)
    {
        if (x.Length == 1)
            return Each(y, _ => x[0]);
        var map = view.Map(from.Type, y.Type);
        if (map is not null && !map.Start.All(s => s.IsConstant))
            return null;
        long[] source = Extents(from), target = Extents(y);
        return map is null ? x
            : [.. Enumerable.Range(0, (int)FlatGraph.Count(y))
                .Select(i => x[Position(map.Apply(Coordinates(i, target), Nothing), source)])];
    }

    private static Value[]? Assembled(Assembly assembly, Apply apply, Node y, Value[][] x)
    {
        var made = new Value[FlatGraph.Count(y)];
        if (assembly.Fill >= 0)
            Array.Fill(made, x[assembly.Fill][0]);
        long[] target = Extents(y), start = new long[target.Length];
        foreach (var place in assembly.Place([.. apply.Inputs.Select(i => i.Type)], y.Type))
        {
            for (int a = 0; a < start.Length; a++)
                if (!place.Start[a].TryConstant(out start[a]))
                    return null;
            long[] source = Extents(apply.Inputs[place.Input]);
            for (int i = 0; i < x[place.Input].Length; i++)
            {
                long[] at = Coordinates(i, source);
                for (int a = 0; a < at.Length; a++)
                    at[a] = start[a] + place.Step[a] * at[a];
                made[Position(at, target)] = x[place.Input][i];
            }
        }
        return made;
    }

    private Value[] Reduced(Reduction reduction, Node from, Node y, Value[] x)
    {
        long[] source = Extents(from);
        var kept = source.Select((n, a) => reduction.Axes.Contains(a) ? 1 : n).ToArray();
        var sums = new ImmutableArray<Value>[FlatGraph.Count(y)];
        var counts = new int[sums.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int at = Position([.. Coordinates(i, source).Select((c, a) => reduction.Axes.Contains(a) ? 0 : c)], kept);
            int index = counts[at]++;
            sums[at] = index == 0 && reduction.Merges && x[i].Type == y.DType ? [x[i]]
                : reduction.Step(body, index == 0 ? reduction.Identity(body, from.DType) : sums[at], x[i],
                    type => body.Constant(type, index));
        }
        return Each(y, i => reduction.Finish(body, counts[i] == 0 ? reduction.Identity(body, from.DType) : sums[i], y.DType));
    }

    // Products are summed as everywhere: one chain of fused multiply-adds from zero where elements are floats.
    private Value[] Multiplied(Apply apply, Node y, Value[] a, Value[] b)
    {
        int m = (int)y.Shape[-2].Constant, n = (int)y.Shape[-1].Constant, k = (int)apply.Inputs[0].Shape[-1].Constant;
        return Each(y, i =>
        {
            var (batch, row, column) = (i / (m * n), i / n % m, i % n);
            var sum = body.Constant(y.DType, 0);
            for (int p = 0; p < k; p++)
                sum = Add(a[(batch * m + row) * k + p], b[(batch * k + p) * n + column], sum);
            return sum;
        });
    }

    private Value Add(Value a, Value b, Value sum) => sum.Type.IsFloat ? body.MultiplyAdd(a, b, sum) : body.Add(sum, body.Multiply(a, b));

    private Value[]? Generated(Generator generator, Apply apply, Node y, Value[][] x)
    {
        long[] shape = Extents(y);
        var made = new Value[FlatGraph.Count(y)];
        for (int i = 0; i < made.Length; i++)
        {
            var place = new FlatPlace(body, known, apply, x, Coordinates(i, shape), errors);
            made[i] = generator.Lower(body, place, y.Type);
            if (place.IsUnknown)
                return null;
        }
        return made;
    }

    // Each element by itself, in index order: what meets where is known while code is made. A position outside is for loops
    // to report, when they run.
    private Value[]? Scattered(Scatter scatter, Apply apply, Value[][] x)
    {
        if (Known(apply.Inputs[1], x[1]) is not { } positions || scatter.Targets(apply, positions) is not { } targets)
            return null;
        Value[] made = [.. x[0]];
        foreach (var (i, target) in targets.Index())
            made[target] = Scatter.Instruction(scatter.Mode) is { } opcode ? body.Binary(opcode, made[target], x[2][i]) : x[2][i];
        return made;
    }

    // The tensor of values that are all known; null where one of them depends on what is loaded.
    private HostTensor? Known(Node node, Value[] x)
    {
        long?[] bits = [.. x.Select(v => known[v])];
        return bits.All(b => b.HasValue) ? node.DType.Visit(new FromBits(Extents(node), [.. bits.Select(b => b!.Value)])) : null;
    }

    private static readonly Dictionary<string, long> Nothing = [];

    private static long[] Extents(Node node) => node.Shape.Evaluate(Nothing);

    private static long[] Coordinates(long position, long[] shape)
    {
        var at = new long[shape.Length];
        for (int a = shape.Length - 1; a >= 0; a--)
            (position, at[a]) = Math.DivRem(position, Math.Max(1, shape[a]));
        return at;
    }

    private static int Position(long[] at, long[] shape)
    {
        long position = 0;
        for (int a = 0; a < shape.Length; a++)
            position = position * shape[a] + at[a];
        return (int)position;
    }

    private readonly struct FromBits(long[] shape, long[] bits) : IDTypeVisitor<HostTensor>
    {
        public HostTensor Visit<T>() where T : unmanaged => HostTensor.From(Array.ConvertAll(bits, Bits.To<T>), shape);
    }

    private readonly struct BitsOf(HostTensor values) : IDTypeVisitor<long[]>
    {
        public long[] Visit<T>() where T : unmanaged => Array.ConvertAll(values.ToArray<T>(), Bits.From);
    }
}
