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
    private static Cotangent Scaled(Cotangent ct, Node factor) => ct.Guarded(ct.Value * factor);

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

    // dy/du is the product of all others that meet there, x included. It divides by nothing, so it is exact with any number of
    // zeros, and so are its derivatives of every order.
    private sealed class Multiplied(ScatterParts p) : ScatterRule
    {
        private Node Factors => p.Write(Ops.OnesLike(p.X), p.U, ScatterMode.Multiply);

        public override Cotangent OfTensor(Cotangent ct) => Scaled(ct, Factors);

        public override Cotangent OfUpdates(Cotangent ct) => Scaled(ct, Others());

        public override Node Tangent(Node x, Node u) => p.Write(x * Factors, u * Others(), ScatterMode.Add);

        private Node Others()
        {
            var cells = Flat(p.Read(Ops.FlatPositions(p.X.Shape, DType.Int64)));
            var (sorted, order) = Apply.Of(new Sort(false), p.Y.Apply.Origin, cells).Results is [var c, var o] ? (c, o) : default;
            var around = AroundEach(Ops.TakeAlong(Flat(p.U), order), sorted);
            return p.Read(p.X) * Ops.Reshape(Ops.TakeAlong(around, Ops.PermutationInverse(order)), p.U.Shape);
        }

        // Of updates sorted by cell, the product of all others in each one's cell: of those in front times those behind,
        // recurrences that are cut where a cell ends.
        private static Node AroundEach(Node u, Node cells)
        {
            Node first = Ops.NotEqual(cells, Ops.Pad(cells, -1.0, [1], [-1])),
                last = Ops.NotEqual(cells, Ops.Pad(cells, -1.0, [-1], [1]));
            Node Run(bool reverse, Node start, Node end) =>
                Node.Of(new LinearRecurrence(0, reverse, Departing: true) { Segmented = true }, u.Apply.Origin, u,
                    Ops.Convert(start, u.DType), end);
            return Run(false, first, last) * Run(true, last, first);
        }

        private static Node Flat(Node x) => Ops.Reshape(x, [x.Shape.ElementCount]);
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
