using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>
/// Whether two computations are the same but for the identity of their nodes and variables: then what was compiled for one
/// serves the other, down to the lines in its messages. Constants are compared by bits.
/// </summary>
internal sealed class StructuralMatch
{
    private readonly Dictionary<Variable, Variable> variables = [];
    private readonly HashSet<Variable> taken = [];
    private readonly Dictionary<Computation, Computation> bodies = new(ReferenceEqualityComparer.Instance);

    /// <summary>The other's variable in the place of each of the first's; null if the two differ.</summary>
    public static IReadOnlyDictionary<Variable, Variable>? Of(Computation known, Computation other)
    {
        var match = new StructuralMatch();
        return match.Same(known, other) ? match.variables : null;
    }

    private bool Same(Computation a, Computation b)
    {
        if (bodies.TryGetValue(a, out var matched))
            return ReferenceEquals(matched, b);
        if (a.Name != b.Name || a.Applies.Length != b.Applies.Length || a.Inputs.Length != b.Inputs.Length
            || a.Outputs.Length != b.Outputs.Length || a.Updates.Length != b.Updates.Length)
            return false;
        bodies.Add(a, b);
        var partners = new Dictionary<Apply, Apply>(a.Applies.Length);
        for (int i = 0; i < a.Applies.Length; i++)
        {
            if (!Same(a.Applies[i], b.Applies[i], partners))
                return false;
            partners.Add(a.Applies[i], b.Applies[i]);
        }
        return SameInputs(a, b, partners) && SameRoots(a, b, partners);
    }

    private bool Same(Apply a, Apply b, Dictionary<Apply, Apply> partners)
    {
        if (a.Inputs.Length != b.Inputs.Length || a.Scope != b.Scope || !Same(a.Op, b.Op) || !a.Origin.IsSame(b.Origin))
            return false;
        for (int i = 0; i < a.Inputs.Length; i++)
            if (!Meet(a.Inputs[i], b.Inputs[i], partners))
                return false;
        return true;
    }

    private bool Same(Op a, Op b)
    {
        if (a is VariableRead x)
            return b is VariableRead y && Same(x.Variable, y.Variable);
        var (mine, theirs) = (a.Bodies, b.Bodies);
        if (mine.Length != theirs.Length)
            return false;
        for (int i = 0; i < mine.Length; i++)
            if (!Same(mine[i], theirs[i]))
                return false;
        return a.Equals(mine.IsEmpty ? b : b.WithBodies(mine));
    }

    // One to one: two variables of one name are an error that compiling would have to report.
    private bool Same(Variable a, Variable b)
    {
        if (variables.TryGetValue(a, out var partner))
            return ReferenceEquals(partner, b);
        if (a.Name != b.Name || a.Type != b.Type || !a.Apply.Origin.IsSame(b.Apply.Origin) || !taken.Add(b))
            return false;
        variables.Add(a, b);
        return true;
    }

    // Inputs that nothing reads are in no list of applications.
    private static bool SameInputs(Computation a, Computation b, Dictionary<Apply, Apply> partners)
    {
        for (int i = 0; i < a.Inputs.Length; i++)
            if (partners.TryGetValue(a.Inputs[i].Apply, out var partner) ? partner != b.Inputs[i].Apply
                : !a.Inputs[i].Op.Equals(b.Inputs[i].Op) || !a.Inputs[i].Apply.Origin.IsSame(b.Inputs[i].Apply.Origin))
                return false;
        return true;
    }

    private bool SameRoots(Computation a, Computation b, Dictionary<Apply, Apply> partners)
    {
        for (int i = 0; i < a.Outputs.Length; i++)
            if (a.Outputs[i].Name != b.Outputs[i].Name || !Meet(a.Outputs[i].Value, b.Outputs[i].Value, partners))
                return false;
        for (int i = 0; i < a.Updates.Length; i++)
            if (!Same(a.Updates[i].Variable, b.Updates[i].Variable) || !Meet(a.Updates[i].Value, b.Updates[i].Value, partners))
                return false;
        return true;
    }

    private static bool Meet(Node a, Node b, Dictionary<Apply, Apply> partners) =>
        a.Index == b.Index && ReferenceEquals(partners[a.Apply], b.Apply);
}
