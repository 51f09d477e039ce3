using System.Collections.Immutable;
using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// What depends on constants only is computed now, by the reference semantics: their last bits may differ from a
/// kernel's. Large results are left to the kernels, which make them faster than memory can hold them, unless an operand
/// is as large.
/// </summary>
public static class Fold
{
    /// <summary>Elements of a result beyond which folding would trade arithmetic for memory.</summary>
    public const int MaxElements = 4096;

    /// <summary>Elements of an elementwise result that takes the place of a stored operand as large: reading it costs no more.</summary>
    public const int MaxStored = 65_536;

    /// <summary>The law.</summary>
    public static ImmutableArray<Rule> Rules { get; } =
    [
        Rule.On<Op>("f(constants) = a constant", Soundness.LastBits, n => CanFold(n) ? Evaluate(n) : null,
            e => Make(new Add(), Ops.Scalar(e.DType, 2), Ops.Scalar(e.DType, 3))),
    ];

    /// <summary>Applies the law, operands first.</summary>
    public static Computation Run(Computation f, PassContext context) => f.Rewrite(Rules, context);

    // A broadcast of a constant is the better form of itself.
    private static bool CanFold(Node n)
    {
        if (n.Apply.Inputs.IsEmpty || n.Op is Broadcast)
            return false;
        foreach (var x in n.Apply.Inputs)
            if (x.Op is not Constant)
                return false;
        return n.Shape.ElementCount.TryConstant(out long count)
            && (count <= MaxElements || (count <= MaxStored && n.Op is Elementwise && n.Apply.Inputs.Any(IsAsLarge)));

        bool IsAsLarge(Node x) => x.Op is Constant { Values: var values } && values.Length == count && x.DType.Size >= n.DType.Size;
    }

    // What cannot be computed (a position out of range, say) is reported when it runs, with its line.
    private static Node? Evaluate(Node n)
    {
        try
        {
            var values = n.Apply.Inputs.Select(x => ((Constant)x.Op).Values);
            return Make(Constant.Of(n.Op.Evaluate(new([.. values], [n.Type], new Dictionary<string, long>()))[0]));
        }
        catch (Exception e) when (e is NotSupportedException or IndexOutOfRangeException or ArgumentException
            or ArithmeticException or InvalidOperationException)
        {
            return null;
        }
    }
}
