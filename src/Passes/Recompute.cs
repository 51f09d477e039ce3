using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Gives late readers of some values copies of their own, so that the values need not be kept for them.</summary>
public static class Recompute
{
    /// <summary>The computation with copies; null where no late application reads one of the values.</summary>
    /// <param name="f">An optimised computation.</param>
    /// <param name="values">What is computed again; operands that are among them, too, also behind views.</param>
    /// <param name="isLate">Which applications read the copies.</param>
    public static Computation? Late(Computation f, IReadOnlySet<Node> values, Func<Apply, bool> isLate) =>
        new Copies(f, values, isLate).Run();

    private sealed class Copies(Computation f, IReadOnlySet<Node> values, Func<Apply, bool> isLate)
    {
        private readonly Dictionary<Node, Node> map = [];
        private readonly Dictionary<Node, Node> late = [];

        public Computation? Run()
        {
            foreach (var apply in f.Applies)
            {
                var built = Rebuilt(apply, isLate(apply) && !values.Contains(apply.Results[0]) ? late : map);
                for (int i = 0; i < apply.Results.Length; i++)
                    Set(apply.Results[i], built.Results[i]);
                if (values.Contains(apply.Results[0]))
                    late[apply.Results[0]] = Copy(apply, [.. apply.Inputs.Select(x => late[x])]).Results[0];
                else if (apply.Op is View)
                    late[apply.Results[0]] = Rebuilt(apply, late).Results[0];
            }
            return f.Roots.All(r => ReferenceEquals(map[r], r)) ? null : new(f.Inputs.AsSpan(),
                [.. f.Outputs.Select(o => o with { Value = map[o.Value] })],
                f.Updates.Select(u => u with { Value = map[u.Value] }), f.Name);
        }

        private void Set(Node node, Node built)
        {
            map[node] = built;
            late[node] = built;
        }

        private static Apply Rebuilt(Apply apply, Dictionary<Node, Node> operands)
        {
            ImmutableArray<Node> x = [.. apply.Inputs.Select(i => operands[i])];
            return x.AsSpan().SequenceEqual(apply.Inputs.AsSpan()) ? apply : Copy(apply, x);
        }

        private static Apply Copy(Apply apply, ImmutableArray<Node> operands)
        {
            using var scope = NameScope.Set(apply.Scope);
            return Apply.Of(apply.Op, apply.Origin, operands.AsSpan());
        }
    }
}
