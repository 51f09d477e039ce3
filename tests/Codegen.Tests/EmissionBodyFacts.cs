using System.Linq.Expressions;
using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Whole bodies: order, locals and checks change nothing about what instructions compute.</summary>
public class EmissionBodyFacts
{
    private static readonly DType[] Types = [.. DType.All];

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void A_random_body_computes_the_same_bits_on_every_width(int seed)
    {
        var (body, roots) = EmissionBodies.Random(seed, 120, Types);
        long[][] inputs = EmissionBodies.Elements(seed, 61);
        long[][] expected = EmissionBodies.Evaluate(body, roots, inputs);
        foreach (var lanes in EmissionKernel.LanesFor(Types))
            foreach (bool hoist in new[] { false, true })
            {
                var outputs = new EmissionKernel(body, roots, lanes, hoist)
                    .Run(Types, inputs, [.. roots.Select(r => r.Type)], 61).Outputs;
                for (int r = 0; r < roots.Count; r++)
                    for (int k = 0; k < 61; k++)
                        Assert.True(
                            EmissionTruth.Same(roots[r].Type, expected[r][k], outputs[r][k]),
                            $"root {roots[r]} = {body[roots[r]]} of {lanes.Count} lanes at {k}");
            }
    }

    [Fact]
    public void Four_hundred_random_ops_need_few_locals()
    {
        var (body, roots) = EmissionBodies.Random(7, 400, [DType.Float32]);
        foreach (var lanes in EmissionKernel.LanesFor(DType.Float32))
            Assert.InRange(new EmissionKernel(body, roots, lanes).Pool.Locals.Count, 1, 300);
    }

    // The JIT gives up on methods that are too large; what it then writes is six to thirty times slower.
    [Fact]
    public void Four_hundred_random_ops_are_optimised_native_code_of_a_few_bytes_each()
    {
        var (body, roots) = EmissionBodies.Random(7, 400, [DType.Float32]);
        int ops = BodyCost.Needed(body, roots).Count;
        foreach (var lanes in EmissionKernel.LanesFor(DType.Float32))
        {
            string name = $"four_hundred_ops_{lanes.Count}";
            using var jit = new EmissionJitLog();
            _ = new EmissionKernel(body, roots, lanes, name: name);
            Assert.True(jit.TryFind(name, out int tier, out int bytes));
            Assert.NotEqual(EmissionJitLog.MinOpts, tier);
            // Two copies, for full and partial registers. Without AVX2 there is no fused multiply-add: each is many.
            if (VectorWidths.Best >= VectorWidth.Bits256) Assert.InRange(bytes, 1, 2 * 40 * ops);
        }
    }

    [Fact]
    public void A_chain_of_reused_values_needs_two_locals()
    {
        var body = new Body();
        var x = body.Load(DType.Float32, 0);
        for (int k = 0; k < 200; k++) x = body.Add(body.Multiply(x, x), x);
        Assert.InRange(new EmissionKernel(body, [x], Lanes.For(VectorWidth.Scalar, 4)).Pool.Locals.Count, 1, 2);
    }

    [Fact]
    public void Copies_in_scopes_of_their_own_share_locals()
    {
        var body = new Body();
        var x = body.Load(DType.Float32, 0);
        var root = body.Multiply(body.Add(x, x), x);
        var (pool, lanes) = (new LocalPool(), Lanes.For(VectorWidth.Bits128, 4));
        for (int copy = 0; copy < 8; copy++)
            using (pool.Scope())
            {
                LeafCode zero = (i, _) => Expression.Default(lanes.RegisterType(i.Type));
                new BodyEmitter(body, lanes, pool, zero).Emit([root], []);
            }
        Assert.Single(pool.Locals);
    }

    // The JIT keeps a local in a mask register only if it holds masks of one type of numbers.
    [Fact]
    public void Masks_of_different_numbers_share_no_local()
    {
        var body = new Body();
        Value x = body.Load(DType.Float64, 0), n = body.Load(DType.Int64, 1);
        Value ofFloats = body.And(body.Less(x, body.Zero(x)), body.Not(body.Equal(x, x)));
        Value ofLongs = body.Select(ofFloats, body.Less(n, n), ofFloats);
        Assert.Equal([DType.Float64, DType.Int64, null], new[] { ofFloats, ofLongs, x }.Select(v => body.ComparedBy(v.Id)));
        var pool = new LocalPool();
        var first = pool.Rent(typeof(long), DType.Float64);
        pool.Return(first);
        Assert.NotSame(first, pool.Rent(typeof(long), DType.Int64));
        Assert.NotSame(first, pool.Rent(typeof(long)));
        Assert.Same(first, pool.Rent(typeof(long), DType.Float64));
    }

    [Fact]
    public void A_denied_comparison_and_one_of_several_readers_give_the_same_bits()
    {
        var body = new Body();
        Value x = body.Load(DType.Float64, 0), y = body.Load(DType.Float64, 1), same = body.Equal(x, y), less = body.LessOrEqual(x, y);
        Value zero = body.Zero(x), other = body.Not(same), more = body.Not(less);
        Value[] roots = [body.Select(other, x, y), body.Select(same, x, zero), body.Select(more, x, zero),
            body.Add(body.Select(other, y, zero), body.Select(less, x, y)), body.Select(more, y, x)];
        double[] special = [0, -0.0, 1, -2, double.PositiveInfinity, double.NaN];
        long[][] inputs = [[.. special.SelectMany(a => special.Select(_ => BitConverter.DoubleToInt64Bits(a)))],
            [.. special.SelectMany(_ => special.Select(BitConverter.DoubleToInt64Bits))]];
        long[][] expected = EmissionBodies.Evaluate(body, roots, inputs);
        foreach (var lanes in EmissionKernel.LanesFor(DType.Float64))
        {
            DType[] types = [DType.Float64, DType.Float64];
            var outputs = new EmissionKernel(body, roots, lanes).Run(types, inputs, [.. roots.Select(r => r.Type)], 36).Outputs;
            for (int r = 0; r < roots.Length; r++)
                for (int k = 0; k < 36; k++)
                    Assert.True(EmissionTruth.Same(DType.Float64, expected[r][k], outputs[r][k]),
                        $"root {r} of {lanes.Count} lanes at {k}");
        }
    }

    [Fact]
    public void Carried_values_can_change_places()
    {
        var body = new Body();
        Value a = body.Carried(DType.Int64, 0), b = body.Carried(DType.Int64, 1);
        ParameterExpression[] carried = [Expression.Parameter(typeof(long)), Expression.Parameter(typeof(long))];
        var pool = new LocalPool();
        var code = new List<Expression>();
        var lanes = Lanes.For(VectorWidth.Scalar, 8);
        var next = new BodyEmitter(body, lanes, pool, (i, _) => carried[i.Immediate]).Emit([b, a], code);
        code.AddRange(carried.Zip(next, Expression.Assign));
        code.Add(Expression.Subtract(carried[0], carried[1]));
        var f = Expression.Lambda<Func<long, long, long>>(Expression.Block(pool.Locals, code), carried).Compile();
        Assert.Equal(10 - 3, f(3, 10));
    }

    [Fact]
    public void A_failing_check_reports_its_code_and_zeros_past_the_end_do_not()
    {
        var body = new Body();
        var x = body.Load(DType.Int32, 0);
        var positive = body.Check(x, body.Less(body.Zero(x), x), 41);
        var root = body.Add(body.Check(positive, body.Less(x, body.Like(x, 100)), 42), positive);
        foreach (var lanes in EmissionKernel.LanesFor(DType.Int32))
        {
            var kernel = new EmissionKernel(body, [root], lanes);
            long[] valid = [.. Enumerable.Range(1, 37).Select(k => (long)k)];
            Assert.Equal(0, kernel.Run([DType.Int32], [valid], [DType.Int32], 37).Error);
            Assert.Equal(74, kernel.Run([DType.Int32], [valid], [DType.Int32], 37).Outputs[0][36]);
            Assert.Equal(41, kernel.Run([DType.Int32], [[.. valid[..36], 0]], [DType.Int32], 37).Error);
            Assert.Equal(42, kernel.Run([DType.Int32], [[100, .. valid[..36]]], [DType.Int32], 37).Error);
        }
    }

    [Fact]
    public void Only_what_roots_need_is_emitted_and_counted()
    {
        var body = new Body();
        var x = body.Load(DType.Float32, 0);
        var root = body.Add(x, body.Like(x, 2));
        int cost = BodyCost.Estimate(body, BodyCost.Needed(body, [root]));
        body.Sqrt(body.Load(DType.Float32, 5));
        Assert.Equal(cost, BodyCost.Estimate(body, BodyCost.Needed(body, [root])));
        Assert.Equal(2, cost);
        Assert.Equal([x.Id + 1], BodyEmitter.HoistableConstants(body, BodyCost.Needed(body, [root]), limit: 24).Select(v => v.Id));
    }
}
