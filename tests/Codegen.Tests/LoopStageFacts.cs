using Adjoint.Kernels;
using Adjoint.Testing;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>Loops over instances in two stages: what is carried from round to round, and the bits of one instance after the other.</summary>
public class LoopStageFacts
{
    private const int Slots = 4;

    private readonly Body body = new();

    private delegate void Map(ReadOnlySpan<float> x, Span<float> y);

    // Chains of multiply-adds, one after the other, and what the last one makes of the first.
    private Region Chains(int length)
    {
        Value x = body.Load(DType.Float64, 0), sum = x, first = x;
        for (int i = 0; i < length; i++)
        {
            sum = body.MultiplyAdd(sum, x, body.Like(x, i + 0.5));
            first = i == 2 ? sum : first;
        }
        return new(body, [], [(1, body.Add(sum, body.Load(DType.Float64, 2))), (3, body.Multiply(sum, first))]);
    }

    [Fact]
    public void The_chain_is_halved_and_one_value_beside_it_waits()
    {
        var source = Chains(100);
        var staged = LoopStages.Of(source, Slots)!;
        Assert.Equal(2, staged.Defines.Length);
        var needed = BodyCost.Needed(staged.Body, [.. staged.Stores.Select(s => s.Value), .. staged.Defines.Select(d => d.Value)]);
        int Longest(Body code, List<int> ids) => Interleaving.Heights(code, ids).Max();
        Assert.InRange(Longest(staged.Body, needed), 0,
            0.65 * Longest(source.Body, BodyCost.Needed(source.Body, source.Stores.Select(s => s.Value))));
        Assert.Equal([Slots + 1, Slots + 3], staged.Stores.Select(s => s.Slot));
    }

    /// <summary>Every instruction is computed by one stage, and reads what it read before: of its own stage, or carried.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Two_rounds_are_the_code(int seed)
    {
        var roots = RandomCode.Of(body, seed);
        var source = new Region(body, [], [.. roots.Select((r, i) => (i, r))]);
        if (LoopStages.Of(source, roots.Length) is not { } staged)
            return;
        var whole = new Body();
        Value[] Round(Value[]? carried)
        {
            var map = new Value[staged.Body.Instructions.Count];
            int At(int operand) => operand < 0 ? -1 : map[operand].Id;
            foreach (var (id, i) in staged.Body.Instructions.Index())
                map[id] = i.Opcode switch
                {
                    Opcode.Carried => carried?[i.Immediate] ?? whole.Constant(i.Type, 0),
                    Opcode.Load => whole.Emit(i with { Immediate = i.Immediate % roots.Length }),
                    _ => whole.Emit(i with { A = At(i.A), B = At(i.B), C = At(i.C) }),
                };
            return map;
        }
        var early = Round(null);
        Value[] carried = [.. staged.Defines.OrderBy(d => d.Carried).Select(d => early[d.Value.Id])];
        var late = Round(carried);
        Value[] results = [.. staged.Stores.Select(s => late[s.Value.Id])];
        Assert.Equal(roots.Index().Select(r => (long)r.Index), staged.Stores.Select(s => (long)s.Slot % roots.Length));
        RandomCode.AssertSameBits(body, roots, new(whole, results, KeepsOrder: true), seed);
    }

    /// <summary>So are the stages of a loop over lanes, with what one leaves for the other.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void An_early_and_a_late_region_are_the_code(int seed)
    {
        var roots = RandomCode.Of(body, seed);
        if (RegionStages.Of(new(new Region(body, [], [.. roots.Select((r, i) => (i, r))]), []), first: 7) is not { } staged)
            return;
        var whole = new Body();
        var carried = Copy(staged.Early, []);
        Value[] results = Copy(staged.Late, staged.Early.Targets.Zip(carried).ToDictionary());
        RandomCode.AssertSameBits(body, roots, new(whole, results, KeepsOrder: true), seed);
        Value[] Copy(EmittableRegion region, Dictionary<int, Value> known)
        {
            var map = new Value[region.Body.Instructions.Count];
            int At(int operand) => operand < 0 ? -1 : map[operand].Id;
            foreach (int id in region.Needed)
                map[id] = region.Body.Instructions[id] is { Opcode: not Opcode.Carried } i
                    ? whole.Emit(i with { A = At(i.A), B = At(i.B), C = At(i.C) }) : known[(int)region.Body.Instructions[id].Immediate];
            return [.. region.Roots.Select(r => map[r.Id])];
        }
    }

    [Fact]
    public void All_checks_are_early_and_no_mask_waits()
    {
        Value x = body.Load(DType.Float64, 0), position = body.Load(DType.Int64, 1), sum = x;
        var isNegative = body.Less(x, body.Like(x, 0));
        for (int i = 0; i < 100; i++)
            sum = body.MultiplyAdd(sum, x, body.Like(x, i + 0.5));
        var isWithin = body.Less(position, body.Like(position, 9));
        var late = body.Convert(body.Check(position, isWithin, 1), DType.Float64);
        var region = new Region(body, [], [(2, body.Add(body.Select(isNegative, sum, x), late))]);
        var staged = RegionStages.Of(new(region, []), first: 0)!;
        Assert.Contains(staged.Early.Needed, id => staged.Early.Body.Instructions[id].Opcode is Opcode.Check);
        Assert.DoesNotContain(staged.Late.Needed, id => staged.Late.Body.Instructions[id].Opcode is Opcode.Check);
        Assert.DoesNotContain(DType.Bool, staged.Carried);
    }

    [Fact]
    public void Short_code_and_code_without_long_chains_has_one_stage()
    {
        Assert.Null(LoopStages.Of(Chains(20), Slots));
        var wide = new Body();
        var x = wide.Load(DType.Float64, 0);
        Assert.Null(LoopStages.Of(new(wide, [], [.. Enumerable.Range(0, 200).Select(i => (i + 1, wide.Add(x, wide.Like(x, i))))]), 201));
    }

    // Two chains behind each other, a mask that both need, an input that is read late, and a result that is known early.
    private static Computation Long()
    {
        Node x = Input("x", DType.Float32, []), d = Log(x + 2) / Sqrt(x * x + 0.25);
        Node y = Where(x > 0.4, Erfc(d) * Exp(-d), Tanh(Erfc(d * 0.5)) - x);
        return new([x], [("y", Stack([y, d, Gradient.Of(y, [x])[0], x * x]))]);
    }

    /// <summary>Small batches, and large results whose arrays are aligned or not, from memory that begins or ends at a guard.</summary>
    [Theory, InlineData(1), InlineData(3), InlineData(16), InlineData(17), InlineData(33), InlineData(1000),
        InlineData(Streamed.Least / 16), InlineData((Streamed.Least / 16) + 7)]
    public void Batches_between_guards_have_the_bits_of_single_instances(int n)
    {
        Node x = Input("x", DType.Float32, []);
        Computation[] all = [Long(), new([x], [("y", Stack([x * x, Sqrt(x), x + 1, -x]))])];
        foreach (var f in all)
        {
            var one = f.Compile<Map>(options: new() { Flatten = Flattening.Always });
            foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
                foreach (bool atEnd in new[] { false, true })
                    Check(f, one, n, width, atEnd);
        }
    }

    private static unsafe void Check(Computation f, Map one, int n, VectorWidth width, bool atEnd)
    {
        using var from = Guarded(4L * n);
        using var to = Guarded(16L * n);
        GuardedMemory Guarded(long bytes) => atEnd ? GuardedMemory.EndingAtGuard(bytes) : GuardedMemory.StartingAtGuard(bytes);
        Span<float> x = new((void*)from.Address, n), y = new((void*)to.Address, 4 * n);
        for (int i = 0; i < n; i++)
            x[i] = i % 97 * 0.01f;
        f.CompileBatched<Map>(new() { IsArrays = true }, options: new() { VectorWidth = width, Threads = 1 + (n % 2) })(x, y);
        var expected = new float[97 * 4];
        for (int i = 0; i < 97; i++)
            one([i * 0.01f], expected.AsSpan(4 * i, 4));
        for (int k = 0; k < 4; k++)
            for (int i = 0; i < n; i++)
                if (BitConverter.SingleToInt32Bits(expected[4 * (i % 97) + k]) != BitConverter.SingleToInt32Bits(y[(k * n) + i]))
                    Assert.Fail($"element {k} of instance {i} of {n}, {width}: {y[(k * n) + i]}, alone {expected[4 * (i % 97) + k]}");
    }
}
