using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reflections to three diagonals, then implicit QR steps with
/// Wilkinson's shift. After G. Golub and C. Van Loan, "Matrix Computations", sections 8.3.1 to 8.3.3.
/// </summary>
internal sealed class TridiagonalQr
{
    private readonly Procedure p;
    private readonly DType type;
    private readonly Formula n;
    private readonly Cells a, values, vectors, work, rows, diagonal, beside, term;
    private readonly Reflections mirrors;
    private readonly double epsilon;

    public TridiagonalQr(Procedure p)
    {
        var size = p.OperandType(0).Shape[-1];
        (this.p, a, values, vectors, n) = (p, p.Operand(0), p.Result(0), p.Result(1), p.Extent(size));
        type = a.Type;
        (work, rows) = (p.Scratch(type, size, size), p.Scratch(type, size, size));   // rows: eigenvectors, once done
        (diagonal, beside, term) = (p.Scratch(type, size), p.Scratch(type, size), p.Scratch(type, size));
        mirrors = new(p, p.Scratch(type, size, size), p.Scratch(type, size));
        epsilon = Math.ScaleB(1, type == DType.Float32 ? -24 : -53);
    }

    public void Write()
    {
        var scale = p.Let(Scale());
        p.For(0, n, i => p.For(0, i + 1, j =>
        {
            var element = p.Let(a[i, j] / scale);
            (work[i, j], work[j, i]) = (element, element);
        }));
        ToThreeDiagonals();
        Accumulate();
        Iterate();
        Sort();
        p.For(0, n, k =>
        {
            var sign = p.Let(Sign(k));
            values[k] = diagonal[k] * scale;
            p.For(0, n, i => vectors[i, k] = rows[k, i] * sign);
        });
    }

    // The largest element, so that nothing overflows on the way.
    private Formula Scale()
    {
        var largest = p.Local(p.Number(type, 0));
        p.For(0, n, i => p.For(0, i + 1, j => largest.Value = largest.Value.Max(a[i, j].Abs())));
        return (largest.Value > 0).Choose(largest.Value, 1);
    }

    // Column k below the diagonal is turned onto its first element: A becomes H A H, a change of rank two of what is left.
    private void ToThreeDiagonals() => p.For(0, n, k =>
    {
        diagonal[k] = work[k, k];
        beside[k] = 0;
        p.If(k + 1 < n, () =>
        {
            p.Lanes(k + 1, n, i => mirrors.Vectors[k, i] = work[k, i]);
            beside[k] = mirrors.Make(k, k + 1, n);
            ReflectBothSides(k);
        });
    });

    // w = b A v - (b^2 v^T A v / 2) v; A less v w^T + w v^T.
    private void ReflectBothSides(Formula k)
    {
        var (v, scale) = (mirrors.Vectors, mirrors.Scale(k));
        p.Lanes(k + 1, n, c =>
        {
            var product = p.Local(p.Number(type, 0));
            p.For(k + 1, n, i => product.Value = v[k, i].TimesPlus(work[i, c], product.Value));
            term[c] = product.Value * scale;
        });
        var half = p.Let(p.Sum(type, k + 1, n, c => term[c] * v[k, c]) * scale * 0.5);
        p.Lanes(k + 1, n, c => term[c] = (-half).TimesPlus(v[k, c], term[c]));
        p.For(k + 1, n, i =>
        {
            var (vi, wi) = (v[k, i], term[i]);
            p.Lanes(k + 1, n, c => work[i, c] = (-vi).TimesPlus(term[c], (-wi).TimesPlus(v[k, c], work[i, c])));
        });
    }

    // The product of all reflections; its transpose, as rotations then work on whole rows.
    private void Accumulate()
    {
        p.For(0, n, i => p.Lanes(0, n, j => work[i, j] = j.Is(i).Choose(p.Number(type, 1), 0)));
        p.Down(n - 1, 0, k => mirrors.Apply(k, k + 1, n, work, k + 1, n));
        p.For(0, n, i => p.For(0, n, j => rows[j, i] = work[i, j]));
    }

    // From the last element up: a negligible neighbour splits a value off; else a step on the block that ends here.
    private void Iterate()
    {
        var (high, steps) = (p.Local(n - 1), p.Local(n * 60 + 60));
        p.While(0 < high.Value, () =>
        {
            var low = p.Local(high.Value);
            var coupled = p.Local(p.Number(DType.Bool, 1));
            p.While(coupled.Value & 0 < low.Value, () =>
            {
                coupled.Value = epsilon * (diagonal[low.Value].Abs() + diagonal[low.Value - 1].Abs()
                    + epsilon) < beside[low.Value - 1].Abs();
                p.If(coupled.Value, () => low.Value -= 1);
            });
            p.If(low.Value.Is(high.Value), () => high.Value -= 1, () =>
            {
                p.Require(0 < steps.Value, "eigenvalues did not converge");
                steps.Value -= 1;
                Step(low.Value, high.Value);
            });
        });
    }

    private void Step(Formula low, Formula high)
    {
        var (corner, e) = (diagonal[high], beside[high - 1]);
        var half = p.Let((diagonal[high - 1] - corner) * 0.5);
        var root = p.Let(Length(half, e));
        var shift = p.Let(corner - e * (e / (half + (half < 0).Choose(-root, root))));
        var (x, z) = (p.Local(diagonal[low] - shift), p.Local(beside[low]));
        p.For(low, high, k =>
        {
            var length = p.Let(Length(x.Value, z.Value));
            var (c, s) = (p.Let(length.Is(0).Choose(1, x.Value / length)), p.Let(length.Is(0).Choose(0, z.Value / length)));
            p.If(low < k, () => beside[k - 1] = length);
            Rotate(k, c, s);
            p.If(k + 1 < high, () =>
            {
                x.Value = beside[k];
                z.Value = s * beside[k + 1];
                beside[k + 1] = c * beside[k + 1];
            });
        });
    }

    private void Rotate(Formula k, Formula c, Formula s)
    {
        var (first, second, e) = (diagonal[k], diagonal[k + 1], beside[k]);
        var cross = p.Let(2 * c * s * e);
        diagonal[k] = c * c * first + cross + s * s * second;
        diagonal[k + 1] = s * s * first - cross + c * c * second;
        beside[k] = c * s * (second - first) + (c * c - s * s) * e;
        p.Lanes(0, n, j =>
        {
            var (upper, lower) = (rows[k, j], rows[k + 1, j]);
            rows[k, j] = c * upper + s * lower;
            rows[k + 1, j] = c * lower - s * upper;
        });
    }

    private static Formula Length(Formula x, Formula y) => (x * x + y * y).Sqrt();

    private void Sort() => p.For(0, n, k =>
    {
        var least = p.Local(k);
        p.For(k + 1, n, i =>
        {
            var smaller = p.Let(diagonal[i] < diagonal[least.Value]);
            p.If(smaller, () => least.Value = i);
        });
        p.If(k < least.Value, () =>
        {
            var (first, second) = (diagonal[k], diagonal[least.Value]);
            (diagonal[k], diagonal[least.Value]) = (second, first);
            p.Lanes(0, n, j =>
            {
                var (upper, lower) = (rows[k, j], rows[least.Value, j]);
                (rows[k, j], rows[least.Value, j]) = (lower, upper);
            });
        });
    });

    private Formula Sign(Formula k) => MainSign.Of(p, rows, k, n);
}

/// <summary>Makes a vector that is known but for its sign the same every time.</summary>
internal static class MainSign
{
    /// <summary>The sign of the first of the largest components of a row.</summary>
    public static Formula Of(Procedure p, Cells rows, Formula k, Formula n)
    {
        var main = p.Local(p.Number(rows.Type, 0));
        p.For(0, n, i =>
        {
            var element = rows[k, i];
            p.If(main.Value.Abs() < element.Abs(), () => main.Value = element);
        });
        return (main.Value < 0).Choose(p.Number(rows.Type, -1), 1);
    }

    /// <summary>The same of numbers.</summary>
    public static double Of(IEnumerable<double> vector) => vector.DefaultIfEmpty(1).MaxBy(Math.Abs) < 0 ? -1 : 1;
}
