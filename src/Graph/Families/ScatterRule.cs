namespace Adjoint.Operations;

/// <summary>What the derivatives of a scatter are written with.</summary>
/// <param name="X">The tensor that is updated.</param>
/// <param name="U">The updates.</param>
/// <param name="Y">The result.</param>
/// <param name="Read">The elements that the updates meet.</param>
/// <param name="Write">The same scatter of other updates into another tensor, in a mode.</param>
internal sealed record ScatterParts(Node X, Node U, Node Y, Func<Node, Node> Read, Func<Node, Node, ScatterMode,
    Node> Write);

/// <summary>The derivatives of one mode of scatter, for every kind of positions.</summary>
internal abstract class ScatterRule
{
    public static ScatterRule Of(ScatterMode mode, ScatterParts p) => mode switch
    {
        ScatterMode.Add => new Added(p),
        ScatterMode.Set => new Last(p),
        ScatterMode.Multiply => new Multiplied(p),
        _ => new Chosen(p),
    };

    /// <summary>The cotangent of the tensor from that of the result.</summary>
    public abstract Cotangent OfTensor(Cotangent ct);

    /// <summary>The cotangent of the updates from that of the result, read where they went.</summary>
    public abstract Cotangent OfUpdates(Cotangent ct);

    /// <summary>The tangent of the result.</summary>
    public abstract Node Tangent(Node x, Node u);

    /// <summary>What a factor makes of a cotangent, zero where that is not alive.</summary>
    private static Cotangent Scaled(Cotangent ct, Node factor)
    {
        var value = ct.Value * factor;
        return ct with { Value = ct.Alive is { } alive ? Ops.Where(alive, value, Ops.ZerosLike(value)) : value };
    }

    // y = x + sum of u: linear in both.
    private sealed class Added(ScatterParts p) : ScatterRule
    {
        public override Cotangent OfTensor(Cotangent ct) => ct;

        public override Cotangent OfUpdates(Cotangent ct) => ct;

        public override Node Tangent(Node x, Node u) => p.Write(x, u, ScatterMode.Add);
    }

    // Each element is x, or the last of the updates that meet it: scattering the updates' own positions tells which.
    private sealed class Last(ScatterParts p) : ScatterRule
    {
        private readonly Node own = Ops.FlatPositions(p.U.Shape, DType.Int64);

        private Node Winner => p.Write(Ops.BroadcastTo(Ops.Scalar(DType.Int64, -1), p.X.Shape), own, ScatterMode.Set);

        public override Cotangent OfTensor(Cotangent ct) => Select.Branch(ct, Winner < 0);

        public override Cotangent OfUpdates(Cotangent ct) => Select.Branch(ct, Ops.Equal(p.Read(Winner), own));

        public override Node Tangent(Node x, Node u) => p.Write(x, u, ScatterMode.Set);
    }

    // dy/du is the product of all others that meet there, x included; y / u would not do where one is zero. At first order
    // it is exact with any number of zeros; the derivative of the slope is so where at most one of those that meet is zero.
    private sealed class Multiplied(ScatterParts p) : ScatterRule
    {
        private Node Factors => p.Write(Ops.OnesLike(p.X), p.U, ScatterMode.Multiply);

        public override Cotangent OfTensor(Cotangent ct) => Scaled(ct, Factors);

        public override Cotangent OfUpdates(Cotangent ct) => Scaled(ct, Others());

        public override Node Tangent(Node x, Node u) => p.Write(x * Factors, u * Others(), ScatterMode.Add);

        private Node Others()
        {
            var (zeroX, zeroU) = (IsZero(p.X), IsZero(p.U));
            var zeros = p.Read(p.Write(Ops.Convert(zeroX, DType.Int32), Ops.Convert(zeroU, DType.Int32),
                ScatterMode.Add));
            Node nonzero = Ops.Where(zeroU, Ops.OnesLike(p.U), p.U);
            Node rest = p.Read(p.Write(Ops.Where(zeroX, Ops.OnesLike(p.X), p.X), nonzero, ScatterMode.Multiply));
            Node none = Ops.ZerosLike(rest);
            return Ops.Where(zeroU, Ops.Where(Ops.Equal(zeros, Ops.OnesLike(zeros)), rest, none),
                Ops.Where(IsZero(zeros), rest / nonzero, none));
        }

        private static Node IsZero(Node x) => Ops.Equal(x, Ops.ZerosLike(x));
    }

    // Those that attain the extreme share its cotangent equally.
    private sealed class Chosen(ScatterParts p) : ScatterRule
    {
        private Node InTensor => Ops.Equal(p.X, p.Y);

        private Node InUpdates => Ops.Equal(p.U, p.Read(p.Y));

        // At least 1: where y is NaN nothing equals it, and the slope is 0.
        private Node Ties => Ops.Maximum(p.Write(Ops.Convert(InTensor, p.Y.DType), Ops.Convert(InUpdates, p.Y.DType),
            ScatterMode.Add), 1);

        public override Cotangent OfTensor(Cotangent ct) => Select.Branch(ct with { Value = ct.Value / Ties },
            InTensor);

        public override Cotangent OfUpdates(Cotangent ct) => Select.Branch(ct with { Value = ct.Value / p.Read(Ties) },
            InUpdates);

        public override Node Tangent(Node x, Node u) =>
            p.Write(Ops.Where(InTensor, x, Ops.ZerosLike(x)), Ops.Where(InUpdates, u, Ops.ZerosLike(u)),
                ScatterMode.Add) / Ties;
    }
}
