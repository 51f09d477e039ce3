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
        var roots = RandomCode.Of(body, seed);
        var ordered = Interleaving.Run(body, roots);
        Assert.True(ordered.KeepsOrder);
        RandomCode.AssertSameBits(body, roots, ordered, seed);
    }
}
