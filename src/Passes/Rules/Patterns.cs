using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>What rules ask of nodes, and make of them.</summary>
internal static class Patterns
{
    extension(Node n)
    {
        /// <summary>The value that all elements have, if it is known: a scalar constant or a broadcast of one. -0 is 0 here.</summary>
        public double? Splat => n.SplatScalar is (Constant c, _) ? c.Splat : null;

        /// <summary>The scalar constant that all elements are equal to.</summary>
        public Node? SplatScalar => n.Op switch
        {
            Constant { Type.Rank: 0 } => n,
            Broadcast when n.Apply.Inputs[0].Op is Constant { Type.Rank: 0 } => n.Apply.Inputs[0],
            _ => null,
        };

        /// <summary>Whether all elements are +0.</summary>
        public bool IsPlusZero => n.SplatScalar is (Constant { ScalarBits: 0 }, _);

        /// <summary>Whether all elements are -0.</summary>
        public bool IsMinusZero => n.Splat is { } c && c == 0 && double.IsNegative(c);

        /// <summary>Whether all elements are one power of two whose reciprocal is one too, exactly.</summary>
        public bool IsPowerOfTwo => n.DType.IsFloat && n.Splat is { } c && double.IsFinite(c) && Math.Abs(c) is var a
            && a >= MinNormal && a <= MaxPower && (BitConverter.DoubleToInt64Bits(a) & 0xF_FFFF_FFFF_FFFF) == 0;

        /// <summary>Whether this is the matrices of another tensor, each transposed.</summary>
        public bool IsTransposed => n.Op is Transpose { Order: var order }
            && order.SequenceEqual([.. Enumerable.Range(0, n.Rank - 2), n.Rank - 1, n.Rank - 2]);

        /// <summary>Whether elements are integers.</summary>
        public bool IsInteger => n.DType.IsInteger;
    }

    // Within the normal numbers of float32: enough for either float type.
    private static readonly double MinNormal = Math.ScaleB(1, -126), MaxPower = Math.ScaleB(1, 126);

    /// <summary>Whether such an application stands anywhere in a computation, also in the bodies that its ops own.</summary>
    public static bool Has(this Computation f, Func<Apply, bool> matches)
    {
        var seen = new HashSet<Computation>(ReferenceEqualityComparer.Instance) { f };
        var open = new Stack<Computation>(seen);
        while (open.TryPop(out var computation))
            foreach (var apply in computation.Applies)
            {
                if (matches(apply))
                    return true;
                foreach (var body in apply.Op.Bodies)
                    if (seen.Add(body))
                        open.Push(body);
            }
        return false;
    }

    /// <summary>An op on nodes of fitting types. Origin and scope come from what is being rewritten.</summary>
    public static Node Make(Op op, params ReadOnlySpan<Node> x) => Node.Of(op, Origin.At("", 0), x);

    /// <summary>One value everywhere, of the type of a node.</summary>
    public static Node Fill(Node like, double value) => Spread(Ops.Scalar(like.DType, value), like.Shape);

    /// <summary>A node broadcast to a shape, unless it has it.</summary>
    public static Node Spread(Node x, Shape shape) => x.Shape.Equals(shape) ? x : Make(new Broadcast(shape), x);

    /// <summary>A node reshaped, unless it has the shape.</summary>
    public static Node Reshaped(Node x, Shape shape) => x.Shape.Equals(shape) ? x : Make(new Reshape(shape), x);
}
