using System.Linq.Expressions;
using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>A body compiled into the plainest loop: full registers, then a partial one.</summary>
internal sealed class EmissionKernel
{
    private readonly Func<long, long, int> compiled;

    public EmissionKernel(Body body, IReadOnlyList<Value> roots, Lanes lanes, bool hoist = false, string? name = null)
    {
        var (args, count) = (Expression.Parameter(typeof(long), "args"), Expression.Parameter(typeof(long), "count"));
        var (i, error) = (Expression.Variable(typeof(long), "i"), Expression.Variable(typeof(int), "error"));
        var (end, next) = (Expression.Label(), Expression.Constant((long)lanes.Count));
        var (before, full, partial) = (new List<Expression>(), new List<Expression>(), new List<Expression>());
        var known = BodyEmitter.HoistConstants(body, BodyCost.Needed(body, roots), lanes, Pool, before,
            Expression.RightShift(count, Expression.Constant(63)), hoist ? 24 : 0);
        Copy(full, null);
        Copy(partial, Expression.Subtract(count, i));
        full.Add(Expression.AddAssign(i, next));

        var loop = Expression.Loop(
            Expression.IfThenElse(
                Expression.LessThanOrEqual(Expression.Add(i, next), count),
                Expression.Block(full),
                Expression.Break(end)),
            end);
        compiled = Expression.Lambda<Func<long, long, int>>(
            Expression.Block([i, error, .. Pool.Locals], [.. before, loop, .. partial, error]), name, [args, count])
            .Compile();

        void Copy(List<Expression> code, Expression? some)
        {
            using var scope = Pool.Scope();
            var emitter = new BodyEmitter(body, lanes, Pool, Leaf) { Error = error, Count = some, Known = known };
            var values = emitter.Emit(roots, code);
            for (int k = 0; k < roots.Count; k++)
            {
                var address = Address(roots[k].Type, Slots(body) + k);
                code.Add(some is null
                    ? lanes.Store(roots[k].Type, address, values[k])
                    : lanes.StorePartial(roots[k].Type, address, values[k], some));
            }

            Expression Leaf(Instruction leaf, GatherPosition? position) => leaf.Opcode is Opcode.Gather
                ? position!.Gather(lanes, leaf.Type, Slot((int)leaf.Immediate), some)
                : some is null ? lanes.Load(leaf.Type, Address(leaf.Type, (int)leaf.Immediate))
                : lanes.LoadPartial(leaf.Type, Address(leaf.Type, (int)leaf.Immediate), some);
        }

        Expression Slot(int slot) => Memory.Read(typeof(long), Expression.Add(args, Expression.Constant(8L * slot)));

        Expression Address(DType type, int slot) =>
            Expression.Add(Slot(slot), Expression.Multiply(i, Expression.Constant((long)type.Size)));
    }

    public LocalPool Pool { get; } = new();

    /// <summary>Every way of holding values of these types here, wide kernels of narrow types included.</summary>
    public static IEnumerable<Lanes> LanesFor(params DType[] types)
    {
        var widths = Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best).ToArray();
        return widths.Select(w => Lanes.For(w, types))
            .Concat(widths.Where(w => w > VectorWidth.Bits128).Select(w => Lanes.For(w, 8))).Distinct();
    }

    /// <summary>Runs over elements given as bits, in memory that ends at guard pages.</summary>
    public (long[][] Outputs, int Error) Run(DType[] inputTypes, long[][] inputs, DType[] outputTypes, int count)
    {
        var memory = new List<EmissionArray>();
        try
        {
            memory.AddRange(inputTypes.Select((type, k) => new EmissionArray(type, inputs[k].AsSpan(0, count))));
            memory.AddRange(outputTypes.Select(type => new EmissionArray(type, new long[count])));
            using var block = new EmissionArray(DType.Int64, [.. memory.Select(m => m.Address)]);
            int error = compiled(block.Address, count);
            return ([.. memory.Skip(inputTypes.Length).Select(m => m.ToArray())], error);
        }
        finally
        {
            memory.ForEach(m => m.Dispose());
        }
    }

    private static int Slots(Body body) =>
        (int)body.Instructions.Where(i => i.Opcode is Opcode.Load or Opcode.Gather)
            .Select(i => i.Immediate + 1).DefaultIfEmpty().Max();
}
