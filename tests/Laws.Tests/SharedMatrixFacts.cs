namespace Adjoint.Laws;

/// <summary>
/// Batched products whose second operand is one matrix for several
/// neighbours of a batch: repeated, and reshaped to one axis with them.
/// </summary>
public class SharedMatrixFacts
{
    [Theory, InlineData(1, 3, 4), InlineData(3, 3, 4), InlineData(2, 1, 17), InlineData(3, 2, 33), InlineData(9, 3, 8)]
    public void Heads_of_queries_may_share_a_head_of_keys(int shares, int heads, int rows)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
            foreach (Dim batch in (Dim[])[2, "batch"])
            {
                Node q = Input("q", dtype, [batch, heads * shares, rows, 8]), k = Input("k", dtype, [batch, heads, 8, 20]);
                Node repeated = Reshape(BroadcastTo(Reshape(k, [batch, heads, 1, 8, 20]),
                    [batch, heads, shares, 8, 20]), [batch, heads * shares, 8, 20]);
                Node y = MatMul(q, repeated);
                var f = Running.Of([q, k], y, Gradient.Of(Sum(Square(y)), [k])[0]);
                var random = new Random(rows);
                HostTensor[] data = [Running.Random(random, dtype, [2, heads * shares, rows, 8]),
                    Running.Random(random, dtype, [2, heads, 8, 20])];
                var truth = Running.Truth(f, data);
                foreach (var width in Running.Widths)
                    foreach (var (expected, actual) in truth.Zip(Running.Run(f, data, Running.At(width))))
                        Running.AssertClose(expected, actual, dtype == DType.Float32 ? 1e-5 : 1e-12, $"{width}");
            }
    }
}
