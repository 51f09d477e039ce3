using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// Singular values by Hestenes's method: columns of A (here rows of its transpose, side by side in memory) are rotated in pairs until
/// all are orthogonal. Their lengths are the singular values, to high relative accuracy. After G. Golub and C. Van Loan, "Matrix
/// Computations", section 8.6.3.
/// </summary>
internal sealed class OneSidedJacobi
{
    private const int Sweeps = 40;

    private readonly Procedure p;
    private readonly DType type;
    private readonly Formula m, n;
    private readonly Cells a, u, s, v, columns, turns, lengths;
    private readonly double tolerance, negligible;   // of the cosine between columns; of the square of a length

    public OneSidedJacobi(Procedure p)
    {
        (this.p, a, u, s, v) = (p, p.Operand(0), p.Result(0), p.Result(1), p.Result(2));
        (type, m, n) = (a.Type, p.Extent(a.Shape[0]), p.Extent(a.Shape[1]));
        (columns, turns) = (p.Scratch(type, a.Shape[1], a.Shape[0]), p.Scratch(type, a.Shape[1], a.Shape[1]));
        lengths = p.Scratch(type, a.Shape[1]);
        double epsilon = Math.ScaleB(1, type == DType.Float32 ? -24 : -53);
        (tolerance, negligible) = (16 * epsilon, Math.Pow(epsilon, 4));
    }

    public void Write()
    {
        var scale = p.Let(Scale());
        p.For(0, m, i => p.For(0, n, k => columns[k, i] = a[i, k] / scale));
        p.For(0, n, i => p.Lanes(0, n, j => turns[i, j] = j.Is(i).Choose(p.Number(type, 1), 0)));
        var (turned, sweeps) = (p.Local(p.Number(DType.Bool, 1)), p.Local(p.Number(DType.Int64, Sweeps)));
        p.While(turned.Value & 0 < sweeps.Value, () =>
        {
            turned.Value = p.Number(DType.Bool, 0);
            sweeps.Value -= 1;
            p.For(0, n, i => p.For(i + 1, n, j => Turn(i, j, turned)));
        });
        p.For(0, n, k =>
        {
            var square = Dot(columns, k, k, m);
            lengths[k] = (square <= negligible).Choose(0, square.Sqrt());
        });
        p.For(0, n, Longest);
        p.For(0, n, Normalise);
        p.For(0, n, k =>
        {
            var sign = p.Let(MainSign.Of(p, turns, k, n));
            s[k] = lengths[k] * scale;
            p.For(0, m, i => u[i, k] = columns[k, i] * sign);
            p.For(0, n, i => v[i, k] = turns[k, i] * sign);
        });
    }

    private Formula Scale()
    {
        var largest = p.Local(p.Number(type, 0));
        p.For(0, m, i => p.For(0, n, j => largest.Value = largest.Value.Max(a[i, j].Abs())));
        return (largest.Value > 0).Choose(largest.Value, 1);
    }

    // The rotation by the smaller angle that makes two columns orthogonal.
    private void Turn(Formula i, Formula j, Local turned)
    {
        var (first, second, between) = (Dot(columns, i, i, m), Dot(columns, j, j, m), Dot(columns, i, j, m));
        var open = between.Abs() > tolerance * (first.Sqrt() * second.Sqrt());
        p.If(open & first > negligible & second > negligible, () =>
        {
            turned.Value = p.Number(DType.Bool, 1);
            var slope = p.Let((second - first) / (2 * between));
            var root = p.Let(slope.Abs() + (1 + slope * slope).Sqrt());
            var tangent = p.Let((slope < 0).Choose(-1 / root, 1 / root));
            var cosine = p.Let(1 / (1 + tangent * tangent).Sqrt());
            var sine = p.Let(cosine * tangent);
            Rotate(columns, i, j, cosine, sine, m);
            Rotate(turns, i, j, cosine, sine, n);
        });
    }

    private void Rotate(Cells rows, Formula i, Formula j, Formula c, Formula s, Formula length) => p.Lanes(0, length, k =>
    {
        var (first, second) = (rows[i, k], rows[j, k]);
        rows[i, k] = c * first - s * second;
        rows[j, k] = s * first + c * second;
    });

    // Selection: the longest of those from k on comes to k.
    private void Longest(Formula k)
    {
        var at = p.Local(k);
        p.For(k + 1, n, i => p.If(lengths[i] > lengths[at.Value], () => at.Value = i));
        p.If(k < at.Value, () =>
        {
            var (first, second) = (lengths[k], lengths[at.Value]);
            (lengths[k], lengths[at.Value]) = (second, first);
            Exchange(columns, k, at.Value, m);
            Exchange(turns, k, at.Value, n);
        });
    }

    private void Exchange(Cells rows, Formula i, Formula j, Formula length) => p.Lanes(0, length, k =>
    {
        var (first, second) = (rows[i, k], rows[j, k]);
        (rows[i, k], rows[j, k]) = (second, first);
    });

    // A column of length 0 has no direction: the axis that those before it reach least, made orthogonal to them, twice.
    private void Normalise(Formula k)
    {
        var length = p.Local(lengths[k]);
        p.If(length.Value.Is(0), () =>
        {
            var axis = p.Let(LeastReached(k));
            p.Lanes(0, m, i => columns[k, i] = i.Is(axis).Choose(p.Number(type, 1), 0));
            for (int turn = 0; turn < 2; turn++)
                p.For(0, k, j =>
                {
                    var part = p.Let(Dot(columns, j, k, m));
                    p.Lanes(0, m, i => columns[k, i] = columns[k, i] - part * columns[j, i]);
                });
            length.Value = Dot(columns, k, k, m).Sqrt();
        });
        p.Lanes(0, m, i => columns[k, i] = columns[k, i] / length.Value);
    }

    private Formula LeastReached(Formula k)
    {
        var (axis, least) = (p.Local(p.Number(DType.Int64, 0)), p.Local(p.Number(type, double.PositiveInfinity)));
        p.For(0, m, i =>
        {
            var reach = p.Local(p.Number(type, 0));
            p.For(0, k, j => reach.Value += columns[j, i] * columns[j, i]);
            p.If(reach.Value < least.Value, () => (least.Value, axis.Value) = (reach.Value, i));
        });
        return axis.Value;
    }

    private Formula Dot(Cells rows, Formula i, Formula j, Formula length) => p.Sum(type, 0, length, k => rows[i, k] * rows[j, k]);
}
