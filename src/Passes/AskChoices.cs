using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// Where a chain of choices took an element, the element is what the chain gives: where(at = k, where(p(x[k]), v, 0), 0) =
/// where(at = k, where(p(y), v, 0), 0), if y is x[k] wherever at is k. The gradient of a pool, masked by the activation before it, then
/// reads what the pool gave, once per window, in place of all that it chose from.
/// </summary>
public static class AskChoices
{
    /// <summary>Asks choices wherever there are any; the same object if there are none.</summary>
    public static Computation Run(Computation f, PassContext context)
    {
        if (!f.Has(a => Asked(a) is not null))
            return f;
        var united = Cse.Run(f, context);   // choices by the same condition name the same node
        var choices = united.Applies.Where(a => a.Op is Select).ToLookup(a => a.Inputs[0], a => a.Results[0]);
        Node? Replacement(Sweep sweep, Apply apply) => Asked(apply) is { } asked ? Answered(asked, choices, sweep) : null;
        return Cse.Run(Sweep.Run(united, context, Replacement), context);
    }

    /// <summary>where(<paramref name="Test"/>, where(<paramref name="At"/> = <paramref name="Place"/>, v, z), z).</summary>
    private sealed record Question(Node Test, Node Taken, Node At, double Place, Node Value, Node Otherwise);

    private static Question? Asked(Apply apply) =>
        apply is { Op: Select, Requirements.IsEmpty: true, Inputs: [var test, (Select, [var taken, var value, var zero]), var otherwise] }
            && taken is (Equal, [(Select, _) at, { Splat: { } place }]) && IsSame(zero, otherwise)
            && test is (Elementwise, { Length: 2 } operands) && operands.Count(x => x.SplatScalar is null) == 1
            ? new(test, taken, at, place, value, otherwise) : null;

    private static Node? Answered(Question asked, ILookup<Node, Node> choices, Sweep sweep)
    {
        var x = asked.Test.Apply.Inputs.Single(x => x.SplatScalar is null);
        if (choices[asked.At.Apply.Inputs[0]].FirstOrDefault(y => Gives(y, x, asked.At, asked.Place)) is not { } y)
            return null;
        var test = Make(asked.Test.Op, [.. asked.Test.Apply.Inputs.Select(i => sweep.Built(i == x ? y : i))]);
        var otherwise = sweep.Built(asked.Otherwise);
        return Make(new Select(), sweep.Built(asked.Taken), Make(new Select(), test, sweep.Built(asked.Value), otherwise), otherwise);
    }

    // Whether y is x wherever the other chain, of choices by the same conditions, gives a number.
    private static bool Gives(Node y, Node x, Node at, double number)
    {
        while (at is (Select, [var condition, { Splat: { } taken }, var rest]))
        {
            if (y is not (Select, [var same, var chosen, var others]) || same != condition)
                return false;
            if (taken == number)
                return chosen == x && !MayGive(rest, number);
            (at, y) = (rest, others);
        }
        return at.Splat == number && y == x;
    }

    private static bool MayGive(Node at, double number)
    {
        while (at is (Select, [_, { Splat: { } taken }, var rest]) && taken != number)
            at = rest;
        return at.Splat is not { } last || last == number;
    }

    private static bool IsSame(Node x, Node y) => x == y || (x.SplatScalar is { } a && a == y.SplatScalar);
}
