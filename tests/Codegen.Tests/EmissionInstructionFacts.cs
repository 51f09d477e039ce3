using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Every primitive instruction of every dtype computes the documented bits on every width.</summary>
public class EmissionInstructionFacts
{
    private static readonly Opcode[] Numeric =
    [
        Opcode.Add, Opcode.Subtract, Opcode.Multiply, Opcode.Divide, Opcode.MultiplyAdd,
        Opcode.Negate, Opcode.Abs, Opcode.Max, Opcode.Min, Opcode.Floor, Opcode.Ceiling, Opcode.Round,
    ];

    private static readonly Opcode[] Exponents = [Opcode.Exponent, Opcode.Mantissa];

    private static readonly Opcode[] Bitwise = [Opcode.And, Opcode.Or, Opcode.Xor, Opcode.Not];

    private static readonly Opcode[] Shifts = [Opcode.ShiftLeft, Opcode.ShiftRight, Opcode.ShiftRightLogical];

    private static readonly Opcode[] Comparisons = [Opcode.Equal, Opcode.Less, Opcode.LessOrEqual];

    private static readonly Opcode[] Unary =
        [Opcode.Negate, Opcode.Abs, Opcode.Sqrt, Opcode.Floor, Opcode.Ceiling, Opcode.Round, Opcode.Not];

    public static TheoryData<Opcode, string> Instructions()
    {
        var rows = new TheoryData<Opcode, string>();
        foreach (var type in DType.All)
            foreach (var opcode in OpcodesOf(type)) rows.Add(opcode, type.Name);
        return rows;
    }

    public static TheoryData<string, string> Conversions()
    {
        var rows = new TheoryData<string, string>();
        foreach (var from in DType.All)
            foreach (var to in DType.All) rows.Add(from.Name, to.Name);
        return rows;
    }

    [Theory, MemberData(nameof(Instructions))]
    public void An_instruction_computes_what_its_opcode_says(Opcode opcode, string name)
    {
        var type = Named(name);
        int operands = opcode is Opcode.MultiplyAdd ? 3 : Unary.Contains(opcode) ? 1 : 2;
        Agrees(new(opcode, Comparisons.Contains(opcode) ? DType.Bool : type), [.. Enumerable.Repeat(type, operands)]);
    }

    /// <summary>With the machine's instructions and with integer arithmetic.</summary>
    [Theory, InlineData("float32"), InlineData("float64")]
    public void Exponents_and_mantissas_are_exact(string name)
    {
        var type = Named(name);
        long[] edges = [.. EmissionEdges.Of(type), .. FloatBits(type, 3000)];
        foreach (var opcode in Exponents) AgreesLegalised(new(opcode, type), type, [edges]);
    }

    /// <summary>Of numbers near 1, as exponentials have them, up to twice the bias.</summary>
    [Theory, InlineData("float32"), InlineData("float64")]
    public void A_scale_rounds_once(string name)
    {
        var type = Named(name);
        int reach = 2 * FloatFormat.Of(type).Bias;
        var random = new Random(5);
        var pairs = Enumerable.Range(0, 6000).Select(_ => (X: 2 * random.NextDouble() - 1, K: (double)random.Next(-reach, reach + 1)));
        long[] BitsOf(double x) => [type == DType.Float32 ? Bits.From((float)x) : Bits.From(x)];
        AgreesLegalised(new(Opcode.ScaleB, type), type, [[.. pairs.SelectMany(p => BitsOf(p.X))], [.. pairs.SelectMany(p => BitsOf(p.K))]]);
    }

    /// <summary>Whatever the other bits are: a float next to 1.5 * 2^19 counts sixteenths in its low ones.</summary>
    [Theory, InlineData("float32"), InlineData("float64")]
    public void An_entry_of_a_table_is_that_of_the_low_four_bits(string name)
    {
        var type = Named(name);
        double[] numbers = [.. Enumerable.Range(0, NumberTable.Count).Select(k => 0.5 + k)];
        var table = new NumberTable(new(numbers, numbers));
        var integer = FloatFormat.Of(type).Integer;
        long[] indices = [.. EmissionEdges.Of(integer), .. Enumerable.Range(-40, 80).Select(k => (long)k), .. FloatBits(type, 300)];
        foreach (var lanes in EmissionKernel.LanesFor(type, integer))
        {
            var body = new Body();
            var root = body.Emit(new(Opcode.Entry, type, body.Load(integer, 0).Id, Immediate: table.Id));
            long[] found = new EmissionKernel(body, [root], lanes).Run([integer], [indices], [type], indices.Length).Outputs[0];
            for (int k = 0; k < indices.Length; k++)
            {
                double expected = numbers[indices[k] & (NumberTable.Count - 1)];
                Assert.Equal(type == DType.Float32 ? Bits.From((float)expected) : Bits.From(expected), found[k]);
            }
        }
    }

    [Theory, InlineData("int32"), InlineData("int64")]
    public void Shifts_move_every_count(string name)
    {
        var type = Named(name);
        foreach (var opcode in Shifts)
            foreach (int count in new[] { 0, 1, 5, 8 * type.Size - 1 })
                Agrees(new(opcode, type, Immediate: count), type);
    }

    [Theory, MemberData(nameof(Conversions))]
    public void A_conversion_rounds_once_or_saturates(string from, string to) =>
        Agrees(new(Opcode.Convert, Named(to)), Named(from));

    [Theory, MemberData(nameof(Conversions))]
    public void A_bit_cast_keeps_bits(string from, string to)
    {
        if (Named(from).Size == Named(to).Size && from != "bool" && to != "bool") Agrees(new(Opcode.BitCast, Named(to)), Named(from));
    }

    [Theory, InlineData("float32"), InlineData("float64"), InlineData("int32"), InlineData("int64"), InlineData("bool")]
    public void Select_takes_b_where_the_mask_holds(string name) =>
        Agrees(new(Opcode.Select, Named(name)), DType.Bool, Named(name), Named(name));

    [Theory, InlineData("float32"), InlineData("float64"), InlineData("int32"), InlineData("int64"), InlineData("bool")]
    public void A_constant_keeps_its_bits(string name)
    {
        foreach (long bits in EmissionEdges.Of(Named(name)))
            foreach (var lanes in EmissionKernel.LanesFor(Named(name)))
            {
                var body = new Body();
                var constant = body.ConstantBits(Named(name), bits);
                var result = new EmissionKernel(body, [constant], lanes).Run([], [], [Named(name)], 19);
                Assert.All(result.Outputs[0], x => Assert.Equal(bits, x));
            }
    }

    [Theory, InlineData("float32"), InlineData("float64"), InlineData("int32"), InlineData("int64")]
    public void A_constant_limit_keeps_NaN_and_tells_zeros_apart(string name)
    {
        var type = Named(name);
        long[] edges = [.. EmissionEdges.Of(type)];
        foreach (long limit in edges)
            foreach (var opcode in new[] { Opcode.Max, Opcode.Min })
            {
                var body = new Body();
                var (x, bound) = (body.Load(type, 0), body.ConstantBits(type, limit));
                var instruction = new Instruction(opcode, type, x.Id, bound.Id);
                var root = body.Emit(instruction);
                foreach (var lanes in EmissionKernel.LanesFor(type))
                {
                    long[] found = new EmissionKernel(body, [root], lanes).Run([type], [edges], [type], edges.Length).Outputs[0];
                    for (int k = 0; k < edges.Length; k++)
                    {
                        long expected = EmissionTruth.Of(instruction, type, edges[k], limit, 0);
                        Assert.True(EmissionTruth.Same(type, expected, found[k]),
                            $"{opcode} of {edges[k]:x} and {limit:x}, {lanes.Count} lanes: {found[k]:x}");
                    }
                }
            }
    }

    /// <summary>A mask that selects twice, joins another mask and is stored lives in a register of its own kind.</summary>
    [Theory, InlineData("float32"), InlineData("float64"), InlineData("int32"), InlineData("int64")]
    public void A_mask_serves_several_uses(string name)
    {
        var type = Named(name);
        var body = new Body();
        var (x, y) = (body.Load(type, 0), body.Load(type, 1));
        var (less, same) = (body.Less(x, y), body.Equal(x, y));
        var both = body.Or(less, same);
        Value[] roots = [body.Select(less, x, y), body.Select(less, y, x), body.Select(body.Not(both), x, body.Zero(x)), less, both];
        long[][] inputs = EmissionEdges.Combined([type, type]);
        int count = inputs[0].Length;
        foreach (var lanes in EmissionKernel.LanesFor(type, DType.Bool))
        {
            long[][] found = new EmissionKernel(body, [.. roots], lanes)
                .Run([type, type], inputs, [.. roots.Select(r => r.Type)], count).Outputs;
            for (int k = 0; k < count; k++)
            {
                var (a, b) = (inputs[0][k], inputs[1][k]);
                bool isLess = EmissionTruth.Of(new(Opcode.Less, DType.Bool), type, a, b, 0) != 0;
                bool holds = isLess || EmissionTruth.Of(new(Opcode.Equal, DType.Bool), type, a, b, 0) != 0;
                long[] expected = [isLess ? a : b, isLess ? b : a, holds ? 0 : a, isLess ? 1 : 0, holds ? 1 : 0];
                Assert.Equal(expected, found.Select(f => f[k]));
            }
        }
    }

    private static IEnumerable<Opcode> OpcodesOf(DType type) =>
        type == DType.Bool ? [.. Bitwise, .. Comparisons, Opcode.Max, Opcode.Min]
        : type.IsFloat ? [.. Numeric, .. Comparisons, Opcode.Sqrt]
        : [.. Numeric, .. Comparisons, .. Bitwise];

    private static IEnumerable<long> FloatBits(DType type, int count)
    {
        var random = new Random(4);
        return Enumerable.Range(0, count).Select(_ => type == DType.Float32 ? (long)(uint)random.Next() : random.NextInt64());
    }

    private static void AgreesLegalised(Instruction shape, DType type, long[][] inputs)
    {
        var source = new Body();
        int[] loads = [.. inputs.Select((_, k) => source.Load(type, k).Id), -1];
        var root = source.Emit(shape with { A = loads[0], B = loads[1] });
        DType[] types = [.. inputs.Select(_ => type)];
        foreach (bool exponents in HardwareMethods.HaveExponents ? new[] { true, false } : [false])
            foreach (var lanes in EmissionKernel.LanesFor(type))
            {
                var (body, map) = Legalise.Run(source, exponents);
                long[] found = new EmissionKernel(body, [map[root.Id]], lanes).Run(types, inputs, [type], inputs[0].Length).Outputs[0];
                for (int k = 0; k < found.Length; k++)
                {
                    long expected = EmissionTruth.Of(shape, type, inputs[0][k], inputs.Length > 1 ? inputs[1][k] : 0, 0);
                    bool any = shape.Opcode is Opcode.Exponent && !(EmissionTruth.Double(type, inputs[0][k]) >= 0);
                    Assert.True(any || EmissionTruth.Same(type, expected, found[k]),
                        $"{shape}, {lanes.Count} lanes, {(exponents ? "machine" : "portable")}: {inputs[0][k]:x} gave {found[k]:x}, want {expected:x}");
                }
            }
    }

    private static void Agrees(Instruction shape, params DType[] operands)
    {
        var body = new Body();
        int[] loads = [.. operands.Select((type, k) => body.Load(type, k).Id), -1, -1];
        var instruction = shape with { A = loads[0], B = loads[1], C = loads[2] };
        var root = body.Emit(instruction);
        long[][] inputs = EmissionEdges.Combined(operands);
        int count = inputs[0].Length;
        foreach (var lanes in EmissionKernel.LanesFor([shape.Type, .. operands]))
        {
            var kernel = new EmissionKernel(body, [root], lanes);
            long[] outputs = kernel.Run(operands, inputs, [shape.Type], count).Outputs[0];
            for (int k = 0; k < count; k++)
            {
                long b = inputs.Length > 1 ? inputs[1][k] : 0, c = inputs.Length > 2 ? inputs[2][k] : 0;
                long expected = EmissionTruth.Of(instruction, operands[0], inputs[0][k], b, c);
                Assert.True(
                    EmissionTruth.Same(shape.Type, expected, outputs[k]),
                    $"{shape}, {lanes.Count} lanes {inputs[0][k]:x}, {b:x}, {c:x} gave {outputs[k]:x}, want {expected:x}");
            }
        }
    }

    private static DType Named(string name) => DType.All.Single(d => d.Name == name);
}
