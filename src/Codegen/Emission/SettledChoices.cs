using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Takes out selections that are settled wherever anybody looks: in <c>where(c, 0, f(where(c, 0, x)))</c> the inner one stands where c
/// does not hold, or its value is discarded. Gradients are full of them, since every cotangent is guarded.
/// </summary>
/// <remarks>
/// What is observed is computed from the same numbers as before, so bits stay. One sweep from the
/// roots to the leaves collects what is known of masks wherever a value is seen, a second one
/// rebuilds. Lanes that nobody sees may then hold anything, also infinities; memory is still reached
/// by checked positions, and calls, whose cost depends on their operands, see what they saw.
/// </remarks>
internal static class SettledChoices
{
    /// <summary>Facts remembered per value: more are rarely of use, and intersections stay short.</summary>
    private const int MostFacts = 8;

    /// <summary>
    /// The body without them, the same object if there can be none, and for each value of the source the one that now holds it.
    /// </summary>
    /// <param name="source">The code.</param>
    /// <param name="roots">What is observed everywhere.</param>
    public static (Body Body, Value[] Map) Run(Body source, IEnumerable<Value> roots)
    {
        if (source.Instructions.Count(i => i.Opcode == Opcode.Select) < 2)
            return (source, source.Values);
        var facts = Facts(source, roots);
        var body = new Body(source.Instructions.Count);
        var map = new Value[source.Instructions.Count];
        for (int k = 0; k < map.Length; k++)
        {
            var i = source.Instructions[k];
            map[k] = i.Opcode == Opcode.Select && facts[k] is { } known && Settled(i, known) is { } chosen ? map[chosen]
                : body.Emit(ZeroLast(i.Moved(map), body));
        }
        return (body, map);
    }

    // where(c, 0, x) is where(not c, x, 0): masked instructions write zeros for nothing where their mask fails, not where it holds.
    private static Instruction ZeroLast(Instruction i, Body body)
    {
        bool IsZero(int id) => body.Instructions[id] is { Opcode: Opcode.Constant, Immediate: 0 };
        return i.Opcode != Opcode.Select || i.Type == DType.Bool || !IsZero(i.B) || IsZero(i.C) ? i
            : i with { A = body.Not(new(i.A, DType.Bool)).Id, B = i.C, C = i.B };
    }

    private static int? Settled(Instruction select, List<Fact> known) =>
        known.Contains(new(select.A, true)) ? select.B : known.Contains(new(select.A, false)) ? select.C : null;

    // What masks are known to be wherever a value is seen; null for a value that nobody sees.
    private static List<Fact>?[] Facts(Body source, IEnumerable<Value> roots)
    {
        var facts = new List<Fact>?[source.Instructions.Count];
        foreach (var root in roots)
            facts[root.Id] = [];
        for (int k = facts.Length - 1; k >= 0; k--)
        {
            if (facts[k] is not { } known)
                continue;
            var i = source.Instructions[k];
            if (i.Opcode == Opcode.Select)
            {
                See(i.A, known);
                See(i.B, With(known, i.A, true));
                See(i.C, With(known, i.A, false));
                continue;
            }
            List<Fact> seen = IsObserver(i.Opcode) ? [] : known;
            foreach (int operand in i.Operands)
                See(operand, seen);
        }
        return facts;

        void See(int operand, List<Fact> known) =>
            facts[operand] = facts[operand] is not { } before || ReferenceEquals(before, known) ? known : [.. before.Where(known.Contains)];

        List<Fact> With(List<Fact> known, int mask, bool holds)
        {
            var more = new List<Fact>(known);
            Add(more, source, mask, holds);
            return more;
        }
    }

    // A conjunction that holds says that both of its operands do.
    private static void Add(List<Fact> facts, Body source, int mask, bool holds)
    {
        var open = new Stack<Fact>([new(mask, holds)]);
        while (facts.Count < MostFacts && open.TryPop(out var fact))
        {
            if (!facts.Contains(fact))
                facts.Add(fact);
            var i = source.Instructions[fact.Mask];
            if (i.Opcode == Opcode.Not)
                open.Push(new(i.A, !fact.Holds));
            else if (i.Opcode == (fact.Holds ? Opcode.And : Opcode.Or))
            {
                open.Push(new(i.A, fact.Holds));
                open.Push(new(i.B, fact.Holds));
            }
        }
    }

    // Whatever its own value is used for, such an instruction acts by its operands in every lane.
    private static bool IsObserver(Opcode opcode) => opcode is Opcode.Gather or Opcode.Check or Opcode.Call or Opcode.CallWhere;

    private readonly record struct Fact(int Mask, bool Holds);
}
