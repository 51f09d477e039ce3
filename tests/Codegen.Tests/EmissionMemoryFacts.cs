using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.Intrinsics;
using Adjoint.Kernels;
using Adjoint.Testing;

namespace Adjoint.Codegen.Tests;

/// <summary>Loads and stores reach every element asked for and no byte more; memory ends at a guard page.</summary>
public class EmissionMemoryFacts
{
    private static readonly ParameterExpression From = Long(), To = Long(), Offsets = Long(), Stride = Long(),
        Some = Long();

    public static TheoryData<string> Types() => [.. DType.All.Select(t => t.Name)];

    [Theory, MemberData(nameof(Types))]
    public void Any_length_is_covered_by_full_and_partial_registers(string name)
    {
        var type = Named(name);
        var body = new Body();
        var copy = body.Load(type, 0);
        foreach (var lanes in EmissionKernel.LanesFor(type))
        {
            var kernel = new EmissionKernel(body, [copy], lanes);
            int width = lanes.Count;
            foreach (int count in new[] { 0, 1, width - 1, width, width + 1, 3 * width + 5 })
            {
                long[] elements = Elements(type, count);
                Assert.Equal(elements, kernel.Run([type], [elements], [type], count).Outputs[0]);
            }
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void A_partial_load_fills_with_zeros_and_a_partial_store_spares_the_rest(string name)
    {
        var type = Named(name);
        foreach (var lanes in EmissionKernel.LanesFor(type))
        {
            var zeros = Compiled(lanes.Store(type, To, lanes.LoadPartial(type, From, Some)));
            var spare = Compiled(lanes.StorePartial(type, To, lanes.Load(type, From), Some));
            for (int some = 0; some <= lanes.Count; some++)
            {
                long[] full = Elements(type, lanes.Count);
                using EmissionArray few = new(type, full.AsSpan(0, some)), all = new(type, full);
                using var result = new EmissionArray(type, new long[full.Length]);
                zeros(few.Address, result.Address, 0, 0, some);
                Assert.Equal([.. full[..some], .. new long[full.Length - some]], result.ToArray());

                using var written = new EmissionArray(type, new long[some]);
                spare(all.Address, written.Address, 0, 0, some);
                Assert.Equal(full[..some], written.ToArray());
            }
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void Strides_may_be_negative_zero_or_large(string name)
    {
        var type = Named(name);
        foreach (var lanes in EmissionKernel.LanesFor(type))
            foreach (int stride in new[] { 1, -1, 3, -5, 0 })
            {
                Strided(lanes, type, stride, lanes.Count, partial: false);
                for (int some = 0; some <= lanes.Count; some++) Strided(lanes, type, stride, some, partial: true);
            }
    }

    [Theory, MemberData(nameof(Types))]
    public void Every_second_element_alone_is_read_and_written(string name)
    {
        var type = Named(name);
        foreach (var lanes in EmissionKernel.LanesFor(type))
            for (int some = 0; some <= lanes.Count; some++)
                Strided(lanes, type, 2, some, partial: some < lanes.Count, Expression.Constant(2L * type.Size));
    }

    private static void Strided(Lanes lanes, DType type, int stride, int some, bool partial, Expression? known = null)
    {
        var load = Compiled(lanes.Store(type, To, lanes.LoadStrided(type, From, known ?? Stride, partial ? Some : null)));
        var store = Compiled(lanes.StoreStrided(type, To, known ?? Stride, lanes.Load(type, From), partial ? Some : null));
        int length = some == 0 ? 0 : Math.Abs(stride) * (some - 1) + 1, first = stride < 0 && some > 0 ? length - 1 : 0;
        long[] expected = new long[lanes.Count], full = Elements(type, lanes.Count);
        using EmissionArray source = new(type, Elements(type, length)), read = new(type, new long[lanes.Count]);
        for (int k = 0; k < some; k++) expected[k] = source[first + k * stride];
        load(source.Address + first * type.Size, read.Address, 0, stride * type.Size, some);
        Assert.Equal(expected, read.ToArray());

        using EmissionArray values = new(type, full), target = new(type, new long[length]);
        store(values.Address, target.Address + first * type.Size, 0, stride * type.Size, some);
        for (int k = stride == 0 ? Math.Max(some - 1, 0) : 0; k < some; k++)
            Assert.Equal(full[k], target[first + k * stride]);
        if (stride > 1)
            Assert.All(Enumerable.Range(0, length).Where(k => k % stride != 0), k => Assert.Equal(0, target[k]));
    }

    [Theory, MemberData(nameof(Types))]
    public void Records_hold_lanes_of_several_registers_side_by_side(string name)
    {
        var type = Named(name);
        foreach (var lanes in EmissionKernel.LanesFor(type))
            foreach (int columns in lanes.RecordColumns(type))
                foreach (int pitch in new[] { columns, columns + 1, 3 * columns })
                {
                    var load = Enumerable.Range(0, columns)
                        .Select(c => lanes.Load(type, Expression.Add(From, Expression.Constant((long)c * lanes.Count * type.Size))));
                    var store = Compiled(lanes.StoreRecords(type, To, Stride, [.. load]));
                    using EmissionArray values = new(type, Elements(type, columns * lanes.Count)),
                        target = new(type, new long[pitch * (lanes.Count - 1) + columns]);
                    store(values.Address, target.Address, 0, pitch * type.Size, 0);
                    for (int k = 0; k < target.Count; k++)
                        Assert.Equal(k % pitch < columns ? values[k % pitch * lanes.Count + k / pitch] : 0, target[k]);
                }
    }

    [Theory, InlineData("float32"), InlineData("int32")]
    public void Two_registers_fill_memory_in_turns(string name)
    {
        var type = Named(name);
        foreach (var lanes in EmissionKernel.LanesFor(type).Where(l => l.Count > 1))
        {
            var second = lanes.Load(type, Expression.Add(From, Expression.Constant((long)lanes.Count * type.Size)));
            var full = Compiled(lanes.StoreTurns(To, lanes.Load(type, From), second, null));
            var partial = Compiled(lanes.StoreTurns(To, lanes.Load(type, From), second, Some));
            using var values = new EmissionArray(type, Elements(type, 2 * lanes.Count));
            for (int some = 0; some <= lanes.Count; some++)
            {
                using var target = new EmissionArray(type, new long[2 * some]);
                (some == lanes.Count ? full : partial)(values.Address, target.Address, 0, 0, some);
                Assert.Equal(Enumerable.Range(0, 2 * some).Select(k => values[k / 2 + k % 2 * lanes.Count]), target.ToArray());
            }
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void A_gather_reads_at_offsets_of_the_lanes_in_use(string name)
    {
        var type = Named(name);
        foreach (var lanes in EmissionKernel.LanesFor(type, DType.Int64))
        {
            var offsets = lanes.Load(DType.Int64, Offsets);
            var full = Compiled(lanes.Store(type, To, lanes.Gather(type, From, offsets)));
            var partial = Compiled(lanes.Store(type, To, lanes.Gather(type, From, offsets, Some)));
            for (int some = 0; some <= lanes.Count; some++)
            {
                // Lanes past the count point far outside, and must not be read.
                long At(int k) => k < some ? (k * 7 + 3) % 11 - 4 : 1L << 40;
                long[] at = [.. Enumerable.Range(0, lanes.Count).Select(At)];
                using EmissionArray table = new(type, Elements(type, 11)), index = new(DType.Int64, at);
                using var result = new EmissionArray(type, new long[at.Length]);
                var gather = some == lanes.Count ? full : partial;
                gather(table.Address + 4 * type.Size, result.Address, index.Address, 0, some);
                Assert.Equal(at.Select((o, k) => k < some ? table[(int)o + 4] : 0), result.ToArray());
            }
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void A_streaming_store_writes_an_aligned_register(string name)
    {
        var type = Named(name);
        foreach (var lanes in EmissionKernel.LanesFor(type))
        {
            using var source = new EmissionArray(type, Elements(type, lanes.Count));
            using var page = GuardedMemory.StartingAtGuard(64);
            using var back = new EmissionArray(type, new long[lanes.Count]);
            Compiled(lanes.StoreStreaming(type, To, lanes.Load(type, From)))(source.Address, page.Address, 0, 0, 0);
            Compiled(lanes.Store(type, To, lanes.Load(type, From)))(page.Address, back.Address, 0, 0, 0);
            Assert.Equal(source.ToArray(), back.ToArray());
        }
    }

    [Theory, InlineData("int32"), InlineData("int64")]
    public void A_sequence_counts_up_and_its_lanes_can_be_extracted(string name)
    {
        var type = Named(name);
        foreach (var lanes in EmissionKernel.LanesFor(type))
            for (int k = 0; k < lanes.Count; k++)
            {
                var lane = lanes.ExtractLane(type, lanes.Sequence(type, Expression.Convert(Some, type.ClrType)), k);
                var f = Expression.Lambda<Func<long, long>>(Expression.Convert(lane, typeof(long)), Some).Compile();
                Assert.Equal(-3 + k, f(-3));
            }
    }

    [Fact]
    public void Any_false_looks_at_the_first_lanes_only()
    {
        foreach (var lanes in EmissionKernel.LanesFor(DType.Int32))
        {
            var mask = lanes.Load(DType.Bool, From);
            var f = Expression.Lambda<Func<long, long, bool>>(lanes.AnyFalse(mask, Some), From, Some).Compile();
            var full = Expression.Lambda<Func<long, bool>>(lanes.AnyFalse(mask), From).Compile();
            for (int hole = 0; hole <= lanes.Count; hole++)
            {
                    long[] holds = [.. Enumerable.Range(0, lanes.Count).Select(k => k == hole ? 0L : 1)];
                using var bools = new EmissionArray(DType.Bool, holds);
                Assert.Equal(hole < lanes.Count, full(bools.Address));
                for (int some = 0; some <= lanes.Count; some++) Assert.Equal(hole < some, f(bools.Address, some));
            }
        }
    }

    /// <summary>Around a call every register waits in memory, the sums of a product among them: where one happens, it is meant.</summary>
    [Fact]
    public void Code_on_registers_says_whether_it_is_inlined()
    {
        Type[] registers = [typeof(Vector128<>), typeof(Vector256<>), typeof(Vector512<>)];
        bool IsRegister(Type type) => type.IsGenericType && registers.Contains(type.GetGenericTypeDefinition());
        var silent = from type in typeof(Lanes).Assembly.GetTypes()
                     from method in type.GetMethods(
                         BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                     where method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType).Any(IsRegister)
                     where (method.MethodImplementationFlags & (
                         MethodImplAttributes.AggressiveInlining | MethodImplAttributes.NoInlining)) == 0
                     select $"{type.Name}.{method.Name}";
        Assert.Empty(silent);
    }

    private static ParameterExpression Long() => Expression.Parameter(typeof(long));

    private static Action<long, long, long, long, long> Compiled(Expression code) =>
        Expression.Lambda<Action<long, long, long, long, long>>(code, From, To, Offsets, Stride, Some).Compile();

    private static long[] Elements(DType type, int count)
    {
        long[] edges = EmissionEdges.Of(type);
        return [.. Enumerable.Range(0, count).Select(k => edges[(k * 5 + 2) % edges.Length])];
    }

    private static DType Named(string name) => DType.All.Single(d => d.Name == name);
}
