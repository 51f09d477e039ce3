using System.Collections.Immutable;
using System.Linq.Expressions;
using Adjoint.Kernels;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>Lane loops: whole registers, then one pass over what is left. Every lane computes what one turn would, to the bit.</content>
internal sealed partial class RoutineEmitter
{
    private readonly bool[] varying;                                          // by value: differs from lane to lane
    private readonly Dictionary<int, ParameterExpression> registers = [];     // by local
    private Lanes? lanes;                                                     // null outside lane loops
    private ParameterExpression? first;                                       // the lane loop's index in lane 0
    private int index;                                                        // its local
    private Expression? left;                                                 // lanes in use; null for all

    private void Run(LaneLoop loop)
    {
        (lanes, index, first) = (Lanes.For(width, TypesOf(loop.Body).ToHashSet()), loop.Local, scalars[loop.Local]);
        foreach (int local in LocalsOf(loop.Body))
            registers.TryAdd(local, Pool.Rent(lanes.RegisterType(procedure.Locals[local].Type)));
        var end = Let(Scalar(loop.To));
        Set(first, Scalar(loop.From));
        var full = lanes.Count == 1 ? end : Let(Subtract(end, Number(lanes.Count - 1)));
        While(LessThan(first, full), () =>
        {
            Run(loop.Body);
            Step(first, Number(lanes.Count));
        });
        if (lanes.Count > 1)
            If(LessThan(first, end), () =>
            {
                left = Let(Subtract(end, first));
                Run(loop.Body);
            });
        (lanes, left) = (null, null);
        registers.Clear();
    }

    private bool IsLanes(int local) => procedure.Locals[local].HoldsLanes;

    private Expression LoadLanes(Read s)
    {
        var (type, address) = (procedure.Memory[s.Cells].Type, At(s.Cells, Add(Scalar(s.Offset), first!)));
        return left is null ? lanes!.Load(type, address) : lanes!.LoadPartial(type, address, left);
    }

    private Expression StoreLanes(Write s)
    {
        var (type, address, value) = (procedure.Memory[s.Cells].Type, Let(At(s.Cells, Add(Scalar(s.Offset), first!))), Register(s.Value));
        return left is null ? lanes!.Store(type, address, value) : lanes!.StorePartial(type, address, value, left);
    }

    /// <summary>A value per lane. Its parts that are the same for all lanes are computed once and spread.</summary>
    private Expression Register(Value value)
    {
        int root = legal[value.Id].Id;
        var spread = new Dictionary<int, Expression>();
        foreach (int id in SharedParts(root))
            spread.Add(id, Let(lanes!.Broadcast(body.Instructions[id].Type, Scalar(id))));
        return new BodyEmitter(body, lanes!, Pool, LaneLeaf) { Known = spread }.Emit([new(root, value.Type)], Code)[0];
    }

    private Expression LaneLeaf(Instruction leaf, GatherPosition? position) => leaf.Immediate == index
        ? lanes!.Sequence(DType.Int64, first!)
        : registers[(int)leaf.Immediate];

    /// <summary>The largest parts of a value that are the same for all lanes; constants are as well made in registers.</summary>
    private HashSet<int> SharedParts(int root)
    {
        var (found, open) = (new HashSet<int>(), new Stack<int>([root]));
        while (open.TryPop(out int id))
            if (varying[id])
                foreach (int operand in body.Instructions[id].Operands)
                    open.Push(operand);
            else if (body.Instructions[id].Opcode != Opcode.Constant)
                found.Add(id);
        return found;
    }

    private bool[] Varying()
    {
        var result = new bool[body.Instructions.Count];
        for (int id = 0; id < result.Length; id++)
            result[id] = body.Instructions[id] is { Opcode: Opcode.Carried } leaf
                ? IsLanes((int)leaf.Immediate) : body.Instructions[id].Operands.Any(o => result[o]);
        return result;
    }

    // Element types in registers: of locals with lanes, and of all instructions between them and what is stored.
    private IEnumerable<DType> TypesOf(ImmutableArray<Statement> steps) => LocalsOf(steps).Select(l => procedure.Locals[l].Type)
        .Concat(ValuesOf(steps).SelectMany(v => BodyCost.Needed(body, [legal[v.Id]]).Where(id => varying[id])
            .SelectMany(id => body.Instructions[id].Operands.Append(id)).Select(id => body.Instructions[id].Type).Append(v.Type)));

    private IEnumerable<Value> ValuesOf(ImmutableArray<Statement> steps) => steps.SelectMany(s => s switch
    {
        Assign a when IsLanes(a.Local) => [a.Value],
        Write w => [w.Value],
        _ => ValuesOf(Inside(s)),
    });

    private IEnumerable<int> LocalsOf(ImmutableArray<Statement> steps) => steps.SelectMany<Statement, int>(s => s switch
    {
        Assign a when IsLanes(a.Local) => [a.Local],
        Read r when IsLanes(r.Local) => [r.Local],
        _ => LocalsOf(Inside(s)),
    });

    private static ImmutableArray<Statement> Inside(Statement s) => s switch
    {
        Count c => c.Body,
        Repeat r => r.Body,
        Branch b => [.. b.Then, .. b.Otherwise],
        _ => [],
    };
}
