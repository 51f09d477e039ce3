using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// The gradient of attention by blocks, each unit a head of keys with all queries that share it: every weight is made once
/// more and serves all three cotangents, in an order that no number of threads changes.
/// </summary>
/// <param name="Pullback">The gradient.</param>
public sealed record AttentionPullbackKernel(AttentionPullback Pullback) : CallKernel(Pullback)
{
    private AttentionForm Form => Pullback.Form;

    /// <inheritdoc/>
    public override int BatchAxes(ImmutableArray<TensorType> operands) => 0;

    /// <inheritdoc/>
    public override Dim Pieces(ImmutableArray<TensorType> operands) => operands[1].Shape[0] * operands[1].Shape[Form.Heads];

    /// <inheritdoc/>
    public override Dim Work(ImmutableArray<TensorType> operands) =>
        Dim.FloorDivide(operands[0].Shape.ElementCount * operands[1].Shape[Form.Length], 3);

    /// <inheritdoc/>
    public override void Lower(Procedure p)
    {
        var x = new AttentionBlocks(p, Form, p.OperandCount > 6 ? 6 : -1);
        var (batch, keyHead) = x.Split(p.Piece, x.KeyHeads);
        var scale = x.Scale;
        x.Clear(x.Rows(x.Result(1), p.ResultType(1).Shape, batch, keyHead, 0), p.Extent(x.KeyCount), x.Width);
        x.Clear(x.Rows(x.Result(2), p.ResultType(2).Shape, batch, keyHead, 0), p.Extent(x.KeyCount), x.ValueWidth);
        var group = p.Let(p.Extent(x.QueryHeads) / p.Extent(x.KeyHeads));
        p.For(keyHead * group, (keyHead + 1) * group, head =>
            x.Blocks(0, p.Extent(x.QueryCount), AttentionBlocks.Queries, (query, count) =>
                new Rows(p, Form, x, batch, head, keyHead, query, count).Compute(scale)));
    }

    /// <summary>One block of queries.</summary>
    private sealed class Rows(Procedure p, AttentionForm form, AttentionBlocks x, Formula batch, Formula head,
        Formula keyHead, Formula query, Formula queries)
    {
        private readonly Cells ofScores = p.Scratch(x.Type, AttentionBlocks.Keys, AttentionBlocks.Queries);
        private readonly Cells seedColumns = p.Scratch(x.Type, x.ValueWidth, AttentionBlocks.Queries);
        private readonly Cells? capped = form.SoftCap == 0 ? null : p.Scratch(x.Type, AttentionBlocks.Keys, AttentionBlocks.Queries);
        private readonly Cells logarithms = x.Operand(4), shifts = x.Operand(5), ofKeys = x.Result(1), ofValues = x.Result(2);
        private readonly Block rows = x.Rows(x.Q, p.OperandType(0).Shape, batch, head, query);
        private readonly Block seeds = x.Rows(x.Operand(3), p.OperandType(3).Shape, batch, head, query);
        private readonly Block ofRows = x.Rows(x.Result(0), p.ResultType(0).Shape, batch, head, query);
        private readonly Formula first = p.Let((batch * p.Extent(x.QueryHeads) + head) * p.Extent(x.QueryCount) + query);

        private Formula Width => p.Extent(x.Width);

        private Formula ValueWidth => p.Extent(x.ValueWidth);

        public void Compute(Formula scale)
        {
            x.Columns(x.QueryColumns, rows, queries);
            x.ScaleQueries(scale, queries);
            x.Columns(seedColumns, seeds, queries);
            x.Clear(ofRows, queries, x.Width);
            x.AskNext(x.Q, p.OperandType(0).Shape, batch, head, query, queries);
            x.AskNext(x.Operand(3), p.OperandType(3).Shape, batch, head, query, queries);
            x.AskNext(x.Result(0), p.ResultType(0).Shape, batch, head, query, queries);
            x.Blocks(0, x.LastKey(query, queries), AttentionBlocks.Keys, (key, keys) => Add(key, keys, scale));
        }

        private void Add(Formula key, Formula keys, Formula scale)
        {
            Shape shapeOfK = p.OperandType(1).Shape, shapeOfV = p.OperandType(2).Shape;
            Block Of(Cells cells, Shape shape) => x.Rows(cells, shape, batch, keyHead, key);
            var (k, v) = (Of(x.K, shapeOfK), Of(x.V, shapeOfV));
            p.If((query + queries).Is(p.Extent(x.QueryCount)), () =>
            {
                foreach (var (cells, shape) in new[] { (x.K, shapeOfK), (x.V, shapeOfV), (ofKeys, shapeOfK), (ofValues, shapeOfV) })
                    x.AskNext(cells, shape, batch, keyHead, key, keys);
            });
            p.Multiply(x.Whole(x.Scores), k, x.Whole(x.QueryColumns), keys, queries, Width);
            x.Mask(batch, head, query, queries, key, keys, capped);
            p.Multiply(x.Whole(ofScores), v, x.Whole(seedColumns), keys, queries, ValueWidth);
            p.Lanes(0, queries, q => Weigh(q, keys, scale));
            p.Multiply(Of(ofValues, shapeOfV), x.Whole(x.Scores), seeds, keys, ValueWidth, queries, adds: true);
            p.Multiply(Of(ofKeys, shapeOfK), x.Whole(ofScores), rows, keys, Width, queries, adds: true);
            p.Multiply(ofRows, x.Whole(ofScores).Transposed, k, queries, Width, keys, adds: true);
        }

        // Weights of a lane's query, and what flows into its products with keys.
        private void Weigh(Formula q, Formula keys, Formula scale)
        {
            var (logarithm, shift) = (p.Let(logarithms[first + q]), p.Let(shifts[first + q]));
            p.For(0, keys, j =>
            {
                var weight = p.Let((x.Scores[j, q] - logarithm).Exp());
                var flow = weight * (ofScores[j, q] - shift);
                if (capped is not null)
                {
                    var tanh = capped[j, q];
                    flow *= 1 - tanh * tanh;
                }
                (x.Scores[j, q], ofScores[j, q]) = (weight, flow * scale);
            });
        }
    }
}
