using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// Householder's reflections <c>I - b v v^T</c>, each turning one vector onto its first axis. After G. Golub and C. Van Loan, "Matrix
/// Computations", section 5.1.
/// </summary>
internal sealed class Reflections(Procedure p, Cells vectors, Cells scales)
{
    /// <summary>The vectors v, one per row.</summary>
    public Cells Vectors => vectors;

    /// <summary>The number b of a reflection.</summary>
    public Formula Scale(Formula k) => scales[k];

    /// <summary>
    /// Turns what row k of the vectors holds from a position up to another
    /// into v, and gives what the vector becomes: plus or minus its length.
    /// </summary>
    public Formula Make(Formula k, Formula from, Formula to)
    {
        var (head, length) = (vectors[k, from], p.Let(Length(k, from, to)));
        var turned = p.Let((0 < head).Choose(-length, length));   // away from the head: no cancellation in v
        scales[k] = 0;
        p.If(!length.Is(0), () =>
        {
            var first = p.Let(head - turned);
            p.Lanes(from + 1, to, i => vectors[k, i] = vectors[k, i] / first);
            vectors[k, from] = 1;
            scales[k] = -first / turned;
        });
        return turned;
    }

    /// <summary>Reflects columns of a matrix in rows from a position up to another.</summary>
    public void Apply(Formula k, Formula from, Formula to, Cells matrix, Formula firstColumn, Formula lastColumn) =>
        p.Lanes(firstColumn, lastColumn, c =>
    {
        var along = p.Local(p.Number(matrix.Type, 0));
        p.For(from, to, i => along.Value = vectors[k, i].TimesPlus(matrix[i, c], along.Value));
        along.Value *= scales[k];
        p.For(from, to, i => matrix[i, c] = (-vectors[k, i]).TimesPlus(along.Value, matrix[i, c]));
    });

    // Scaled by the largest element, so that squares do not overflow.
    private Formula Length(Formula k, Formula from, Formula to)
    {
        var largest = p.Local(p.Number(vectors.Type, 0));
        p.For(from, to, i => largest.Value = largest.Value.Max(vectors[k, i].Abs()));
        var scale = p.Let((largest.Value > 0).Choose(largest.Value, 1));
        return p.Sum(vectors.Type, from, to, i => Square(vectors[k, i] / scale)).Sqrt() * scale;
    }

    private Formula Square(Formula x) => p.Let(x) is var v ? v * v : default;
}
