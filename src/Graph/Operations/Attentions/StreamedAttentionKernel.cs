using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>Attention by blocks of keys, each unit a run of queries of one head.</summary>
/// <param name="Attention">The attention.</param>
public sealed record StreamedAttentionKernel(StreamedAttention Attention) : CallKernel(Attention)
{
    // Queries of a unit: several blocks, so that what they work in is few.
    private const int Run = 4 * AttentionBlocks.Queries;

    private AttentionForm Form => Attention.Form;

    /// <inheritdoc/>
    public override int BatchAxes(ImmutableArray<TensorType> operands) => 0;

    /// <inheritdoc/>
    public override Dim Pieces(ImmutableArray<TensorType> operands) =>
        operands[0].Shape[0] * operands[0].Shape[Form.Heads] * Runs(operands[0].Shape[Form.Length]);

    /// <inheritdoc/>
    public override Dim Work(ImmutableArray<TensorType> operands) =>
        Dim.FloorDivide(operands[0].Shape.ElementCount * operands[1].Shape[Form.Length], 8);

    private static Dim Runs(Dim queries) => Dim.FloorDivide(queries + (Run - 1), Run);

    /// <inheritdoc/>
    public override void Lower(Procedure p)
    {
        var x = new AttentionBlocks(p, Form, p.OperandCount > 3 ? 3 : -1);
        var (item, run) = x.Split(p.Piece, Runs(x.QueryCount));
        var (batch, head) = x.Split(item, x.QueryHeads);
        var keyHead = p.Let(head / (p.Extent(x.QueryHeads) / p.Extent(x.KeyHeads)));
        var scale = x.Scale;
        var queries = p.Extent(x.QueryCount);
        x.Blocks(p.Let(run * Run), p.Let(queries.Min((run + 1) * Run)), AttentionBlocks.Queries, (query, count) =>
            new Rows(p, x, batch, head, keyHead, query, count).Compute(scale));
    }

    /// <summary>One block of queries.</summary>
    private sealed class Rows(Procedure p, AttentionBlocks x, Formula batch, Formula head, Formula keyHead, Formula query, Formula queries)
    {
        private readonly Cells largest = p.Scratch(x.Type, AttentionBlocks.Queries), sum = p.Scratch(x.Type, AttentionBlocks.Queries);
        private readonly Cells shrink = p.Scratch(x.Type, AttentionBlocks.Queries);
        private readonly Cells weighted = p.Scratch(x.Type, AttentionBlocks.Queries, x.ValueWidth);

        public void Compute(Formula scale)
        {
            x.Columns(x.QueryColumns, x.Rows(x.Q, p.OperandType(0).Shape, batch, head, query), queries);
            x.ScaleQueries(scale, queries);
            p.Lanes(0, queries, q =>
            {
                largest[q] = double.NegativeInfinity;
                sum[q] = 0;
            });
            p.For(0, queries, i => p.Lanes(0, p.Extent(x.ValueWidth), e => weighted[i, e] = 0));
            x.AskNext(x.Q, p.OperandType(0).Shape, batch, head, query, queries);
            x.AskNext(x.Result(0), p.ResultType(0).Shape, batch, head, query, queries);
            x.Blocks(0, x.LastKey(query, queries), AttentionBlocks.Keys, Add);
            Finish();
        }

        private void Add(Formula key, Formula keys)
        {
            p.If((query + queries).Is(p.Extent(x.QueryCount)), () =>
            {
                x.AskNext(x.K, p.OperandType(1).Shape, batch, keyHead, key, keys);
                x.AskNext(x.V, p.OperandType(2).Shape, batch, keyHead, key, keys);
            });
            p.Multiply(x.Whole(x.Scores), x.Rows(x.K, p.OperandType(1).Shape, batch, keyHead, key),
                x.Whole(x.QueryColumns), keys, queries, p.Extent(x.Width));
            x.Mask(batch, head, query, queries, key, keys);
            p.Lanes(0, queries, q => Weigh(q, keys));
            p.For(0, queries, i =>
            {
                var factor = shrink[i];
                p.If(!factor.Is(1), () => p.Lanes(0, p.Extent(x.ValueWidth), e => weighted[i, e] = weighted[i, e] * factor));
            });
            p.Multiply(x.Whole(weighted), x.Whole(x.Scores).Transposed, x.Rows(x.V, p.OperandType(2).Shape, batch, keyHead, key),
                queries, p.Extent(x.ValueWidth), keys, adds: true);
        }

        // The weights of a block, and what earlier ones shrink by, now that a larger score may have come.
        private void Weigh(Formula q, Formula keys)
        {
            var before = largest[q];
            var now = p.Let(x.Largest(before, q, keys));
            var shift = p.Let(now.Is(double.NegativeInfinity).Choose(0, now));
            var factor = p.Let((before - shift).Exp());
            var total = p.Local(sum[q] * factor);
            p.For(0, keys, j =>
            {
                var weight = p.Let((x.Scores[j, q] - shift).Exp());
                x.Scores[j, q] = weight;
                total.Value += weight;
            });
            (largest[q], shrink[q], sum[q]) = (now, factor, total.Value);
        }

        private void Finish()
        {
            var logarithms = x.Result(1);
            var first = p.Let((batch * p.Extent(x.QueryHeads) + head) * p.Extent(x.QueryCount) + query);
            p.Lanes(0, queries, q =>
            {
                var (top, total) = (largest[q], sum[q]);
                var nothing = p.Let(top.Is(double.NegativeInfinity));
                logarithms[first + q] = nothing.Choose(double.PositiveInfinity, top + total.Log());
                sum[q] = nothing.Choose(1, total);
            });
            var y = x.Rows(x.Result(0), p.ResultType(0).Shape, batch, head, query);
            p.For(0, queries, i =>
            {
                var total = sum[i];
                p.Lanes(0, p.Extent(x.ValueWidth), e => y.Cells[y.First + i * y.Row + e] = weighted[i, e] / total);
            });
        }
    }
}
