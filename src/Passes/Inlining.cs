using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>The body of a call, applied to the call's operands.</summary>
/// <param name="Applies">Its applications, operands first.</param>
/// <param name="Results">A node per result of the call.</param>
internal sealed record Inlining(ImmutableArray<Apply> Applies, ImmutableArray<Node> Results)
{
    /// <summary>
    /// Copies the body of <paramref name="call"/>, whose op is a
    /// <see cref="Call"/>. Nodes lie in a scope named like the call.
    /// </summary>
    public static Inlining Of(Apply call)
    {
        var (title, body) = ((Call)call.Op);
        var copies = new Dictionary<Node, Node>();
        for (int i = 0; i < body.Inputs.Length; i++)
            copies[body.Inputs[i]] = call.Inputs[i];
        var applies = ImmutableArray.CreateBuilder<Apply>(body.Applies.Length);
        string scope = call.Scope.Length == 0 ? title : $"{call.Scope}/{title}";
        foreach (var apply in body.Applies)
            if (apply.Op is not InputOp)
                applies.Add(Copy(apply, copies, call.Origin, scope));
        return new(applies.ToImmutable(), [.. body.Outputs.Select(o => copies[o.Value])]);
    }

    private static Apply Copy(Apply apply, Dictionary<Node, Node> copies, Origin origin, string outer)
    {
        var copy = apply;
        if (apply.Op is not VariableRead)
        {
            using var scope = NameScope.Set(apply.Scope.Length == 0 ? outer : $"{outer}/{apply.Scope}");
            copy = Apply.Of(apply.Op, Origin.Union(apply.Origin, origin), [.. apply.Inputs.Select(x => copies[x])]);
        }
        for (int i = 0; i < apply.Results.Length; i++)
            copies[apply.Results[i]] = copy.Results[i];
        return copy;
    }
}
