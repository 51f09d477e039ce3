using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// Reshapes that no strides can say move through elementwise ops toward the leaves: reshape f(x, y) becomes
/// f(reshape x, reshape y), so that f and what reads the reshape can share a kernel. A tensor in memory is reshaped for
/// nothing, a broadcast or transpose is not: where one would have to be, and where f is the epilogue of a reduction or
/// contraction, everything stays.
/// </summary>
/// <remarks>One sweep forward to see what can be reshaped, one back to carry shapes toward the leaves, one to rebuild.</remarks>
public sealed class HoistViews
{
    private readonly Computation computation;
    private readonly Dictionary<Node, int> uses = [];
    private readonly HashSet<Node> read = [];
    private readonly HashSet<Node> absorbing = [];
    private readonly Dictionary<Node, Shape> wanted = [];
    private readonly Dictionary<Node, Node> map = [];

    private HoistViews(Computation computation) => this.computation = computation;

    /// <summary>Moves what can be moved; the same object if nothing can.</summary>
    public static Computation Run(Computation f, PassContext context) =>
        f.Has<Reshape>() && f.Applies.Any(IsInTheWay) ? new HoistViews(f).Run(context.Options.CancellationToken) : f;

    // A reshape that no strides can say.
    private static bool IsInTheWay(Apply apply) => apply.Op is Reshape && apply.Requirements.IsEmpty
        && !Reshape.MovesOnesOnly(apply.Inputs[0].Shape, apply.Results[0].Shape);

    private Computation Run(CancellationToken token)
    {
        CountUses();
        foreach (var apply in computation.Applies)
            if (Absorbs(apply))
                absorbing.Add(apply.Results[0]);
        for (int i = computation.Applies.Length - 1; i >= 0; i--)
            Carry(computation.Applies[i]);
        if (wanted.Count == 0)
            return computation;
        using var ambient = Origin.Under(Origin.None);
        foreach (var apply in computation.Applies)
        {
            token.ThrowIfCancellationRequested();
            Rebuild(apply);
        }
        return Rewriter.WithRoots(computation, map);
    }

    private void CountUses()
    {
        foreach (var root in computation.Roots)
            uses[root] = uses.GetValueOrDefault(root) + 1;
        foreach (var apply in computation.Applies)
            foreach (var x in apply.Inputs)
            {
                uses[x] = uses.GetValueOrDefault(x) + 1;
                if (apply.Op is Elementwise or Reduction)
                    read.Add(x);
            }
    }

    private bool Absorbs(Apply apply) => apply.Op switch
    {
        Elementwise => IsMovable(apply) && AllAbsorb(apply),
        Reduction or Contraction or Call => false,
        Reshape or Leaf => true,
        View => apply.Results[0].SplatScalar is not null,
        _ => true,
    };

    // A reshape in the way takes the shape that is wanted of it.
    private bool IsMovable(Apply apply) =>
        apply.Op is Elementwise or Reshape && apply.Requirements.IsEmpty && uses[apply.Results[0]] == 1;

    private bool AllAbsorb(Apply apply)
    {
        foreach (var x in apply.Inputs)
            if (!absorbing.Contains(x))
                return false;
        return true;
    }

    // Results first: when a node is met, its only reader has said which shape it wants.
    private void Carry(Apply apply)
    {
        var result = apply.Results[0];
        if (wanted.TryGetValue(result, out var shape))
            foreach (var x in apply.Inputs)
                Want(x, shape);
        else if (read.Contains(result) && IsInTheWay(apply))
            Want(apply.Inputs[0], result.Shape);
    }

    private void Want(Node x, Shape shape)
    {
        if (absorbing.Contains(x) && IsMovable(x.Apply))
            wanted[x] = shape;
    }

    private void Rebuild(Apply apply)
    {
        using var scope = NameScope.Set(apply.Scope);
        bool moves = wanted.TryGetValue(apply.Results[0], out var shape);
        if (apply.Op is Reshape && (moves || wanted.ContainsKey(apply.Inputs[0])))
        {
            map[apply.Results[0]] = Operand(apply.Inputs[0], shape ?? apply.Results[0].Shape, apply.Origin);
            return;
        }
        var operands = new Node[apply.Inputs.Length];
        bool changed = moves;
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = moves ? Operand(apply.Inputs[i], shape!, apply.Origin) : map[apply.Inputs[i]];
            changed |= operands[i] != apply.Inputs[i];
        }
        var built = changed ? Apply.Of(apply.Op, apply.Origin, operands) : apply;
        for (int i = 0; i < apply.Results.Length; i++)
            map[apply.Results[i]] = built.Results[i];
    }

    private Node Operand(Node x, Shape shape, Origin origin)
    {
        using var ambient = Origin.Under(origin);
        return wanted.ContainsKey(x) ? map[x] : map[x].SplatScalar is { } scalar ? Spread(scalar, shape) : Reshaped(map[x], shape);
    }
}
