using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Chains that do not need each other run side by side, and every value stays what it was.</summary>
public class InterleavingFacts
{
    private const int Length = 60;

    private readonly Body body = new();

    // Length multiply-adds, each of the one before.
    private Value Chain(int slot)
    {
        Value x = body.Load(DType.Float64, slot), sum = x;
        for (int i = 0; i < Length; i++)
            sum = body.MultiplyAdd(sum, x, body.Like(x, i + 0.5));
        return sum;
    }

    [Fact]
    public void Two_polynomials_advance_together()
    {
        Value[] roots = [Chain(0), Chain(1)];
        var ordered = Interleaving.Run(body, roots);
        Assert.True(ordered.KeepsOrder);
        Assert.All(Enumerable.Range(0, ordered.Body.Instructions.Count), id => Assert.True(Math.Abs(Depth(id, 0) - Depth(id, 1)) <= 2));

        // How far each chain has come with the first instructions.
        int Depth(int last, int slot)
        {
            var (depth, own) = (0, new HashSet<int>());
            for (int id = 0; id <= last; id++)
                if (ordered.Body.Instructions[id] is var i
                    && (i is { Opcode: Opcode.Load, Immediate: var s } ? s == slot : i.Operands.Any(own.Contains)) && own.Add(id)
                    && i.Opcode == Opcode.MultiplyAdd)
                    depth++;
            return depth;
        }
    }

    [Fact]
    public void Code_whose_chains_are_short_stays_as_it_was()
    {
        Value[] roots = [.. Enumerable.Range(0, 40).Select(s => body.Add(body.Load(DType.Float64, s), body.Load(DType.Float64, s + 1)))];
        var ordered = Interleaving.Run(body, roots);
        Assert.False(ordered.KeepsOrder);
        Assert.Same(body, ordered.Body);
    }

    [Fact]
    public void The_first_check_that_fails_stays_the_first()
    {
        var checkedChain = body.Check(Chain(0), body.Less(Chain(1), Chain(2)), 1);
        Assert.False(Interleaving.Run(body, [checkedChain]).KeepsOrder);
    }

    [Fact]
    public void Nothing_is_wanted_of_an_empty_body() => Assert.Empty(Interleaving.Run(body, []).Roots);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public void Random_code_keeps_its_bits_however_many_values_wait(int seed)
    {
        var random = new Random(seed);
        List<Value> values = [.. Enumerable.Range(0, 4).Select(s => body.Load(DType.Float64, s)), body.Constant(DType.Float64, 0.75)];
        // Old values come back late: more of them wait than there are registers.
        Value Of() => values[random.Next(3) == 0 ? random.Next(values.Count) : random.Next(Math.Max(0, values.Count - 4), values.Count)];
        for (int i = 0; i < 300; i++)
            values.Add(random.Next(5) switch
            {
                0 => body.Subtract(Of(), Of()),
                1 => body.Sqrt(body.Abs(Of())),
                2 => body.Select(body.Less(Of(), Of()), Of(), Of()),
                3 => body.Divide(Of(), body.Add(body.Abs(Of()), body.Like(values[0], 1))),
                _ => body.MultiplyAdd(Of(), body.Like(values[0], 0.5), Of()),
            });
        Value[] roots = [values[^1], .. Enumerable.Range(0, 40).Select(_ => Of()), values[0], values[0]];
        var ordered = Interleaving.Run(body, roots);
        Assert.True(ordered.KeepsOrder);
        Array[] slots = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 9).Select(_ => random.NextDouble() - 0.5).ToArray())];
        foreach (var (before, after) in roots.Zip(ordered.Roots))
            Assert.Equal(VectorMathInterpreter.Run<double>(body, before, 9, slots).Select(BitConverter.DoubleToInt64Bits),
                VectorMathInterpreter.Run<double>(ordered.Body, after, 9, slots).Select(BitConverter.DoubleToInt64Bits));
    }
}
