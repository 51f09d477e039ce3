using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// <c>e^A = I + A + A²/2! + ..</c> by scaling and squaring: the series of A / 2^k, whose norm is at most 1/2, squared k times.
    /// Derivatives are blocks of the exponential of a matrix twice as large, which holds at every order.
    /// </summary>
    public sealed record MatrixExponential : MatrixRoutine
    {
        /// <inheritdoc/>
        public override Dim Work(ImmutableArray<TensorType> operands) => base.Work(operands) * 20;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            DemandSquare(x);
            return [x[0]];
        }

        // Horner's rule: y = I + A y / d for d from the degree down. A norm of 1/2 leaves less than a rounding error behind the last term.
        /// <inheritdoc/>
        public override void Lower(Procedure p)
        {
            var (a, y, size) = (p.Operand(0), p.Result(0), p.OperandType(0).Shape[-1]);
            var (scaled, next, n) = (p.Scratch(a.Type, size, size), p.Scratch(a.Type, size, size), p.Extent(size));
            var (factor, squarings) = Halvings(p, a, n);
            Formula Unit(Formula i, Formula j) => j.Is(i).Choose(p.Number(a.Type, 1), 0);
            p.For(0, n, i => p.Lanes(0, n, j =>
            {
                scaled[i, j] = a[i, j] * factor;
                y[i, j] = Unit(i, j);
            }));
            p.Down(p.Number(DType.Int64, a.Type == DType.Float32 ? 9 : 15), 1, d =>
            {
                var share = p.Let(1 / d.To(a.Type));
                Multiply(p, scaled, y, next, n, (i, j, sum) => Unit(i, j) + sum * share);
                Copy(p, next, y, n);
            });
            p.For(0, squarings, _ =>
            {
                Multiply(p, y, y, next, n, (_, _, sum) => sum);
                Copy(p, next, y, n);
            });
        }

        // How often the norm (the largest sum of magnitudes in a row) is halved until it is at most 1/2.
        private static (Formula Factor, Formula Squarings) Halvings(Procedure p, Cells a, Formula n)
        {
            var (norm, factor, count) = (p.Local(p.Number(a.Type, 0)), p.Local(p.Number(a.Type, 1)), p.Local(p.Number(DType.Int64, 0)));
            p.For(0, n, i =>
            {
                var sum = p.Local(p.Number(a.Type, 0));
                p.For(0, n, j => sum.Value += a[i, j].Abs());
                norm.Value = norm.Value.Max(sum.Value);
            });
            p.While(0.5 < norm.Value & norm.Value < double.PositiveInfinity, () =>
            {
                norm.Value *= 0.5;
                factor.Value *= 0.5;
                count.Value += 1;
            });
            return (factor.Value, count.Value);
        }

        private static void Multiply(Procedure p, Cells x, Cells y, Cells to, Formula n, Func<Formula, Formula, Formula, Formula> finish) =>
            p.For(0, n, i => p.Lanes(0, n, j =>
            {
                var sum = p.Local(p.Number(to.Type, 0));
                p.For(0, n, k => sum.Value = x[i, k].TimesPlus(y[k, j], sum.Value));
                to[i, j] = finish(i, j, sum.Value);
            }));

        private static void Copy(Procedure p, Cells from, Cells to, Formula n) =>
            p.For(0, n, i => p.Lanes(0, n, j => to[i, j] = from[i, j]));

        // Terms are added from the first on until they vanish, of a matrix scaled to a norm of 1/8.
        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => EachItem(e, (x, y) =>
        {
            int n = (int)e.Inputs[0].Shape[^1];
            double norm = x[0].Chunk(Math.Max(1, n)).Select(r => r.Sum(Math.Abs)).DefaultIfEmpty().Max();
            int squarings = double.IsFinite(norm) && norm > 0.125 ? (int)Math.Ceiling(Math.Log2(norm)) + 3 : 0;
            double[] scaled = [.. x[0].Select(v => Math.ScaleB(v, -squarings))],
                term = [.. x[0].Select((_, i) => i / n == i % n ? 1.0 : 0)], sum = term;
            for (int d = 1; d <= 20; d++)
            {
                term = [.. Times(term, scaled, n).Select(v => v / d)];
                sum = [.. sum.Zip(term, (s, t) => s + t)];
            }
            for (int k = 0; k < squarings; k++)
                sum = Times(sum, sum, n);
            y[0] = sum;
        });

        private static double[] Times(double[] x, double[] y, int n) =>
            [.. x.Select((_, at) => Enumerable.Range(0, n).Sum(k => x[at / n * n + k] * y[k * n + at % n]))];

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? Whole(Change(T(x[0]), seed.Value), seed) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Change(x[0], tangent) : null];

        // e^[A E; 0 A] = [e^A L(A, E); 0 e^A], L(A, E) the derivative along E; its adjoint is L(A^T, .).
        // N. Higham, "Functions of Matrices", 2008, theorem 3.6.
        private Node Change(Node a, Node along)
        {
            var (n, row, column) = (a.Shape[-1], a.Rank - 2, a.Rank - 1);
            var blocks = Ops.Concat([Ops.Concat([a, along], column), Ops.Concat([Ops.ZerosLike(a), a], column)], row);
            return Ops.Slice(Ops.Slice(Node.Of(this, a.Apply.Origin, blocks), row, 0, n), column, n);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>The exponential of square matrices, <c>e^A = I + A + A²/2! + ..</c></summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static Node MatrixExponential(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new MatrixExponential(), Origin.At(file, line), a);
    }
}
