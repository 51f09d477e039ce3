using System.Collections.Immutable;
using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Writes a routine's procedure, once for every unit of the range: scalar steps as they stand, lane loops in registers.</summary>
internal sealed partial class RoutineEmitter : KernelWriter
{
    private readonly RoutineKernel kernel;
    private readonly VectorWidth width;
    private readonly Procedure procedure;
    private readonly Body body;
    private readonly Value[] legal;
    private readonly ParameterExpression[] scalars;      // by local; the lane loop's index among them
    private readonly ParameterExpression[] bases;        // by cells: where the item's memory starts
    private readonly ParameterExpression piece;
    private readonly LabelTarget exit = Label("exit");
    private readonly Lanes one = Lanes.For(VectorWidth.Scalar, 8);

    private RoutineEmitter(RoutineKernel kernel, VectorWidth width)
    {
        (this.kernel, this.width, procedure) = (kernel, width, kernel.Procedure);
        (body, legal) = Legalise.Run(procedure.Body);
        varying = Varying();
        scalars = [.. procedure.Locals.Select(l => Pool.Rent(l.Type.ClrType))];
        bases = [.. kernel.Memory.Select(_ => Long())];
        piece = Long();
    }

    /// <summary>The kernel as a lambda, ready to compile.</summary>
    public static Expression<Kernel> Emit(RoutineKernel kernel, VectorWidth width)
    {
        var emitter = new RoutineEmitter(kernel, width);
        return emitter.Write(kernel.Name, emitter.Range);
    }

    private void Range()
    {
        var unit = Long();
        For(unit, Begin, End, 1, () =>
        {
            var item = Let(Over(unit, Of(kernel.Pieces)));
            Set(piece, Subtract(unit, Times(item, Of(kernel.Pieces))));
            for (int m = 0; m < bases.Length; m++)
                Set(bases[m], Add(Word(kernel.Memory[m].Word),
                    Times(procedure.Memory[m].Kind == CellsKind.Scratch ? Begin : item, Of(kernel.Memory[m].Bytes))));
            Run(procedure.Steps);
        });
        Code.Add(Label(exit));
    }

    private void Run(ImmutableArray<Statement> steps)
    {
        foreach (var step in steps)
            using (Pool.Scope())
                Run(step);
    }

    private void Run(Statement step)
    {
        switch (step)
        {
            case LaneLoop s: Run(s); break;
            case Count s: Run(s); break;
            case Repeat s: Run(s); break;
            case Branch s: If(Scalar(s.Condition), () => Run(s.Then), s.Otherwise.IsEmpty ? null : () => Run(s.Otherwise)); break;
            case Demand s: If(Not(Scalar(s.Condition)), () => Fail(s.Code)); break;
            case Assign s when IsLanes(s.Local): Set(registers[s.Local], Register(s.Value)); break;
            case Assign s: Set(scalars[s.Local], Scalar(s.Value)); break;
            case Read s when IsLanes(s.Local): Set(registers[s.Local], LoadLanes(s)); break;
            case Read s: Set(scalars[s.Local], one.Load(procedure.Memory[s.Cells].Type, At(s.Cells, Scalar(s.Offset)))); break;
            case Write s when lanes is not null: Code.Add(StoreLanes(s)); break;
            case Write s: Code.Add(one.Store(procedure.Memory[s.Cells].Type, At(s.Cells, Scalar(s.Offset)), Scalar(s.Value))); break;
            case MultiplyBlocks s: Run(s); break;
            case TransposeBlock s: Run(s); break;
            case AskRows s: Run(s); break;
            default: throw new NotSupportedException($"no code for {step}");
        }
    }

    private void Run(Count s)
    {
        var (i, from, to) = (scalars[s.Local], Let(Scalar(s.From)), Let(Scalar(s.To)));
        if (!s.Down)
            For(i, from, to, 1, () => Run(s.Body));
        else
        {
            Set(i, Subtract(from, Number(1)));
            While(GreaterThanOrEqual(i, to), () =>
            {
                Run(s.Body);
                Step(i, Number(-1));
            });
        }
    }

    private void Run(Repeat s)
    {
        var done = Label();
        Code.Add(Loop(Block(Statements(() =>
        {
            Code.Add(IfThen(Not(Scalar(s.Condition)), Break(done)));
            Run(s.Body);
        })), done));
    }

    private void Fail(int code)
    {
        Set(Error, Constant(code));
        Code.Add(Goto(exit));
    }

    private BinaryExpression At(int cells, Expression offset) =>
        Add(bases[cells], Multiply(offset, Number(procedure.Memory[cells].Type.Size)));

    /// <summary>A value that is the same for all lanes.</summary>
    private Expression Scalar(Value value) => Scalar(legal[value.Id].Id);

    private Expression Scalar(int id) =>
        new BodyEmitter(body, one, Pool, ScalarLeaf).Emit([new(id, body.Instructions[id].Type)], Code)[0];

    private Expression ScalarLeaf(Instruction leaf, GatherPosition? position) => leaf.Opcode switch
    {
        Opcode.Carried => scalars[leaf.Immediate],
        Opcode.Parameter => Of(kernel.Extents[(int)leaf.Immediate]),
        Opcode.Index => piece,
        _ => throw new NotSupportedException($"procedures have no {leaf.Opcode} in their formulas; read cells by their coordinates."),
    };
}
