using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Selections that are settled wherever their value is seen go, and nothing that is seen changes.</summary>
public class SettledChoiceFacts
{
    private readonly Body body = new();
    private readonly Value x, y, mask, other;

    public SettledChoiceFacts() => (x, y, mask, other) = (body.Load(DType.Float64, 0), body.Load(DType.Float64, 1),
        body.Load(DType.Bool, 2), body.Load(DType.Bool, 3));

    private Value Zero => body.Zero(x);

    [Fact]
    public void A_guard_behind_the_same_guard_goes()
    {
        var inner = body.Select(mask, Zero, x);
        Assert.Equal(1, Choices(body.Select(mask, Zero, body.Multiply(inner, y))));
    }

    [Fact]
    public void It_stays_where_somebody_else_sees_it()
    {
        var inner = body.Select(mask, Zero, x);
        Assert.Equal(2, Choices(body.Select(mask, Zero, body.Multiply(inner, y)), inner));
        Assert.Equal(2, Choices(body.Select(mask, Zero, body.Multiply(inner, y)), body.Add(inner, y)));
        Assert.Equal(2, Choices(body.Select(other, Zero, body.Multiply(inner, y))));
    }

    [Fact]
    public void It_goes_where_each_of_its_readers_is_guarded()
    {
        var inner = body.Select(mask, Zero, x);
        Assert.Equal(2, Choices(body.Select(mask, Zero, body.Multiply(inner, y)), body.Select(mask, Zero, body.Add(inner, y))));
    }

    [Fact]
    public void Both_parts_of_a_conjunction_hold_where_it_does_and_the_opposite_of_what_is_denied()
    {
        var inner = body.Select(mask, x, y);
        Assert.Equal(1, Choices(body.Select(body.And(mask, other), body.Negate(inner), Zero)));
        Assert.Equal(1, Choices(body.Select(body.Or(other, mask), Zero, body.Negate(inner))));
        Assert.Equal(1, Choices(body.Select(body.Not(mask), body.Negate(inner), Zero)));
        Assert.Equal(2, Choices(body.Select(body.Or(mask, other), body.Negate(inner), Zero)));
    }

    [Fact]
    public void Zeros_stand_where_a_mask_fails()
    {
        var (settled, _) = SettledChoices.Run(body, [body.Select(mask, Zero, x), body.Select(mask, Zero, y), body.Select(other, x, Zero)]);
        Assert.Equal(3, settled.Instructions.Count(i =>
            i.Opcode == Opcode.Select && settled.Instructions[i.C] is { Opcode: Opcode.Constant, Immediate: 0 }));
        Assert.Single(settled.Instructions, i => i.Opcode == Opcode.Not);
    }

    [Fact]
    public void Positions_that_memory_is_read_at_and_checks_keep_their_guards()
    {
        var position = body.Select(mask, body.Load(DType.Int64, 4), body.Constant(DType.Int64, 0));
        Assert.Equal(2, Choices(body.Select(mask, body.Gather(DType.Float64, 5, position), Zero)));
        Assert.Equal(2, Choices(body.Select(mask, body.Convert(body.Check(position, mask, 1), DType.Float64), Zero)));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void What_is_seen_of_random_choices_keeps_its_bits(int seed)
    {
        var random = new Random(seed);
        List<Value> numbers = [x, y, Zero], masks = [mask, other];
        Value Of(List<Value> values) => values[random.Next(values.Count)];
        for (int i = 0; i < 200; i++)
            if (random.Next(4) == 0)
                masks.Add(random.Next(4) switch
                {
                    0 => body.And(Of(masks), Of(masks)),
                    1 => body.Or(Of(masks), Of(masks)),
                    2 => body.Not(Of(masks)),
                    _ => body.Less(Of(numbers), Of(numbers)),
                });
            else
                numbers.Add(random.Next(5) switch
                {
                    0 => body.Add(Of(numbers), Of(numbers)),
                    1 => body.Divide(Of(numbers), Of(numbers)),
                    _ => body.Select(Of(masks), Of(numbers), Of(numbers)),
                });
        Value[] roots = [.. numbers.TakeLast(5), masks[^1]];
        var (settled, map) = SettledChoices.Run(body, roots);
        double[] special = [0, -0.0, 1, -2, double.PositiveInfinity, double.NaN];
        var (first, second) = (special.SelectMany(a => special.SelectMany(_ => new[] { a, a, a, a })).ToArray(),
            special.SelectMany(_ => special.SelectMany(b => new[] { b, b, b, b })).ToArray());
        Array[] slots = [first, second, first.Select((_, k) => k % 2 == 0).ToArray(), first.Select((_, k) => k % 4 < 2).ToArray()];
        foreach (var root in roots.Where(r => r.Type == DType.Float64))
            Assert.Equal(VectorMathInterpreter.Run<double>(body, root, first.Length, slots).Select(BitConverter.DoubleToInt64Bits),
                VectorMathInterpreter.Run<double>(settled, map[root.Id], first.Length, slots).Select(BitConverter.DoubleToInt64Bits));
        Assert.InRange(Count(settled, [.. roots.Select(r => map[r.Id])]), 0, Count(body, roots));
    }

    private int Choices(params Value[] roots)
    {
        var (settled, map) = SettledChoices.Run(body, roots);
        return Count(settled, [.. roots.Select(r => map[r.Id])]);
    }

    private static int Count(Body body, Value[] roots) =>
        BodyCost.Needed(body, roots).Count(id => body.Instructions[id].Opcode == Opcode.Select);
}
