using System.Linq.Expressions;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

internal sealed partial class BodyEmitter
{
    /// <summary>
    /// One copy of the code. A value with one use is a tree inside its consumer; one with several
    /// is a local, returned to the pool once every statement that reads it has been appended.
    /// </summary>
    private sealed class Emission
    {
        private readonly BodyEmitter emitter;
        private readonly IReadOnlyList<Value> roots;
        private readonly ICollection<Expression> statements;
        private readonly bool[] needed;
        private readonly int[] uses;          // consumers whose code has not been appended yet
        private readonly Tree[] trees;
        private readonly HashSet<int> kept;   // several roots: all in locals before any is used
        private readonly HashSet<int> callsOrElse = [];   // calls that are written by the choice that takes them
        private readonly Func<Instruction, Expression>? repeatedConstant;

        public Emission(BodyEmitter emitter, IReadOnlyList<Value> roots, ICollection<Expression> statements)
        {
            (this.emitter, this.roots, this.statements) = (emitter, roots, statements);
            int count = emitter.body.Instructions.Count;
            (needed, uses, trees) = (new bool[count], new int[count], new Tree[count]);
            kept = roots.Count > 1 ? [.. roots.Select(r => Resolve(r.Id))] : [];
            foreach (var root in roots) Use(root.Id);
            foreach (var sinks in emitter.Sinks)
                foreach (var _ in sinks) Use(sinks.Key);
            for (int id = count - 1; id >= 0; id--)
                if (needed[id] && !emitter.Known.ContainsKey(id)) UseOperands(emitter.body.Instructions[id]);
            for (int id = 0; id < count; id++)
                if (needed[id] && !emitter.Known.ContainsKey(id)) FindCallOrElse(emitter.body.Instructions[id]);
            int repeated = Enumerable.Range(0, count).Count(id => uses[id] > 1 && emitter.body.Instructions[id].Opcode is Opcode.Constant);
            int room = emitter.KeepsOrder ? ConstantsBesideValues : ConstantsForRegisters;
            repeatedConstant = repeated > room ? emitter.RepeatedConstant : null;
        }

        /// <summary>A value's code so far: an expression, how deep it is, and the locals it reads by value
        /// number.</summary>
        private readonly record struct Tree(Expression Expression, int Depth, IReadOnlyList<int> Reads)
        {
            public static Tree AtHand(Expression expression) => new(expression, 0, []);
        }

        public IReadOnlyList<Expression> Run()
        {
            for (int id = 0; id < needed.Length; id++)
                if (needed[id]) Append(id);
            return [.. roots.Select(Root)];
        }

        // A check is its first operand under another number, so its uses are that operand's.
        private int Resolve(int id)
        {
            while (emitter.body.Instructions[id] is { Opcode: Opcode.Check } check && !emitter.Known.ContainsKey(id))
                id = check.A;
            return id;
        }

        private void Use(int id)
        {
            needed[id] = true;
            uses[Resolve(id)]++;
        }

        private void FindCallOrElse(Instruction i)
        {
            if (i.Opcode is not Opcode.Select || uses[i.B] != 1 || emitter.Known.ContainsKey(i.B)) return;
            if (emitter.body.Instructions[i.B] is not { Opcode: Opcode.CallWhere, C: < 0 } call || call.B != i.A) return;
            callsOrElse.Add(i.B);
            uses[Resolve(i.A)]--;   // the choice and the call read the mask together
        }

        private void UseOperands(Instruction i)
        {
            if (i.Opcode is Opcode.Gather)
                Use(PositionOf(i).Offset);
            else if (Denied(i) is { } comparison)
                UseOperands(comparison);
            else if (i.Opcode is not Opcode.Check)
                foreach (int operand in i.Operands) Use(operand);
            else
            {
                needed[i.A] = true;
                if (emitter.Error is not null) Use(i.B);
            }
        }

        // A constant that is added last moves the address.
        private (int Offset, long Ahead) PositionOf(Instruction gather)
        {
            if (emitter.body.Instructions[gather.A] is { Opcode: Opcode.Add } sum && !emitter.Known.ContainsKey(gather.A))
                foreach (var (offset, ahead) in new[] { (sum.A, sum.B), (sum.B, sum.A) })
                    if (emitter.body.Instructions[ahead] is { Opcode: Opcode.Constant } constant)
                        return (offset, constant.Immediate);
            return (gather.A, 0);
        }

        // A comparison that is denied is written once more: of a mask in a local, the JIT would make a vector first.
        private Instruction? Denied(Instruction i) =>
            i.Opcode is Opcode.Not && i.Type == DType.Bool && emitter.lanes.Count > 1 && !emitter.Known.ContainsKey(i.A)
            && emitter.body.Instructions[i.A] is { Opcode: Opcode.Equal or Opcode.Less or Opcode.LessOrEqual } comparison
            && emitter.body.Instructions[comparison.A].Type != DType.Bool ? comparison : null;

        private void Append(int id)
        {
            var i = emitter.body.Instructions[id];
            if (emitter.Known.TryGetValue(id, out var known)) trees[id] = Tree.AtHand(known);
            else if (i.Opcode is Opcode.Check) AppendCheck(i);
            else trees[id] = Place(id, Build(i));
            foreach (var sink in emitter.Sinks[id]) AppendSink(id, sink);
        }

        private void AppendSink(int id, Func<Expression, Expression> sink)
        {
            var tree = trees[Resolve(id)];
            statements.Add(sink(tree.Expression));
            Release(tree);
        }

        private Tree Build(Instruction i)
        {
            if (i.Opcode is Opcode.Constant)
                return Tree.AtHand(emitter.EveryConstant?.Invoke(i) ?? emitter.lanes.Constant(i.Type, i.Immediate));
            if (IsCallOrElse(i)) return BuildCallOrElse(i);
            if (i.Opcode is Opcode.Gather) return BuildGather(i);
            if (Denied(i) is { } comparison && Build(comparison) is var tree)
                return tree with { Expression = emitter.lanes.Instruction(i, DType.Bool, tree.Expression) };
            Tree a = OperandOrNone(i.A), b = OperandOrNone(i.B), c = OperandOrNone(i.C);
            int depth = 1 + Math.Max(a.Depth, Math.Max(b.Depth, c.Depth));
            return new(Write(i, a.Expression, b.Expression, c.Expression), depth, Joined(Joined(a.Reads, b.Reads), c.Reads));
        }

        private Tree BuildGather(Instruction gather)
        {
            var (id, ahead) = PositionOf(gather);
            var offset = Operand(id);
            return new(emitter.leaf(gather, new(offset.Expression, ahead)), 1 + offset.Depth, offset.Reads);
        }

        private static IReadOnlyList<int> Joined(IReadOnlyList<int>? a, IReadOnlyList<int>? b) =>
            b is null or [] ? a ?? [] : a is null or [] ? b : [.. a, .. b];

        private Tree OperandOrNone(int id) => id < 0 ? default : Operand(id);

        private Tree Operand(int id)
        {
            id = Resolve(id);
            return repeatedConstant is not null && uses[id] > 1 && emitter.body.Instructions[id] is { Opcode: Opcode.Constant } constant
                ? Tree.AtHand(repeatedConstant(constant)) : trees[id];
        }

        // What is at hand stays as it is; a local is for what is used twice, deep, or one of several roots.
        private Tree Place(int id, Tree tree)
        {
            bool borrowed = tree.Reads.Count == 0 && tree.Expression is ParameterExpression or ConstantExpression;
            if (borrowed || tree.Depth == 0) return Tree.AtHand(tree.Expression);
            return callsOrElse.Contains(id) || (uses[id] == 1 && tree.Depth <= DepthLimit && !kept.Contains(id) && MayWait(id)) ? tree
                : Keep(id, tree);
        }

        // Operands from memory are read by their users; masks of several lanes, for which there are few registers, are found there too.
        private bool MayWait(int id) => !emitter.KeepsOrder || emitter.body.Instructions[id].Opcode is Opcode.Load
            || (emitter.lanes.Count > 1 && emitter.body.Instructions[id].Type == DType.Bool)
            || (id + 1 < needed.Length && emitter.body.Instructions[id + 1].Operands.Contains(id));

        private Tree Keep(int id, Tree tree)
        {
            Release(tree);
            var local = emitter.pool.Rent(tree.Expression.Type, emitter.body.ComparedBy(id));
            statements.Add(Expression.Assign(local, tree.Expression));
            return new(local, 0, [id]);
        }

        private void Release(Tree tree)
        {
            foreach (int id in tree.Reads)
                if (--uses[id] == 0) emitter.pool.Return((ParameterExpression)trees[id].Expression);
        }

        private void AppendCheck(Instruction check)
        {
            if (emitter.Error is not { } error) return;
            var valid = trees[Resolve(check.B)];
            statements.Add(Expression.IfThen(
                Expression.AndAlso(
                    Expression.Equal(error, Expression.Constant(0)),
                    emitter.lanes.AnyFalse(valid.Expression, emitter.Count)),
                Expression.Assign(error, Expression.Constant((int)check.Immediate))));
            Release(valid);
        }

        // The loop nest is about to assign its carried locals, so of several roots a bare one is copied first.
        private Expression Root(Value root)
        {
            int id = Resolve(root.Id);
            bool carried = emitter.body.Instructions[id].Opcode is Opcode.Carried;
            if (roots.Count == 1 || !carried) return trees[id].Expression;
            var local = emitter.pool.Rent(trees[id].Expression.Type);
            statements.Add(Expression.Assign(local, trees[id].Expression));
            return local;
        }

        // A choice between a rare call of one operand and another value, by the mask of the call: nobody else uses the call.
        private bool IsCallOrElse(Instruction i) => i.Opcode is Opcode.Select && callsOrElse.Contains(i.B);

        // The call brings its operand and the mask along, which need not wait in registers of their own.
        private Tree BuildCallOrElse(Instruction select)
        {
            var call = emitter.body.Instructions[select.B];
            Tree a = trees[Resolve(call.A)], mask = trees[Resolve(call.B)], otherwise = Operand(select.C);
            return new(emitter.lanes.CallWhere(call, a.Expression, mask.Expression, otherwise.Expression),
                1 + Math.Max(trees[select.B].Depth, otherwise.Depth), [.. trees[select.B].Reads, .. otherwise.Reads]);
        }

        private static bool IsLimit(Instruction bound) => bound.Opcode is Opcode.Constant && bound.Type.IsFloat
            && bound.Type.Visit(new Number(bound.Immediate)) is var number && number != 0 && !double.IsNaN(number);

        private readonly struct Number(long bits) : IDTypeVisitor<double>
        {
            public double Visit<T>() where T : unmanaged => Bits.ToDouble(Bits.To<T>(bits));
        }

        private Expression Write(Instruction i, Expression? a, Expression? b, Expression? c) => i.Opcode switch
        {
            Opcode.Load or Opcode.Index or Opcode.Parameter or Opcode.Carried => emitter.leaf(i, null),
            Opcode.Max or Opcode.Min when IsLimit(emitter.body.Instructions[i.B]) => emitter.lanes.Limit(i.Opcode, b!, a!),
            _ => emitter.lanes.Instruction(i, emitter.body.Instructions[i.A].Type, a!, b, c),
        };
    }
}
