using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// Cofactors, <c>c[i, j] = d det A / d a[i, j]</c>; given directions behind A, their derivative along all of those. By
    /// singular values, where the determinant times the inverse would not do: exact for singular matrices, and for equal
    /// singular values, at every order.
    /// </summary>
    /// <param name="Body">What it computes from A and the directions.</param>
    public sealed record Cofactors(Computation Body) : Call("cofactors", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Body = body };

        /// <summary>The cofactors of square matrices (operand 0) differentiated along directions (the others).</summary>
        internal static Node Of(params ImmutableArray<Node> x) =>
            Call.Of("cofactors", Origin.At("", 0), x, Along, body => new Cofactors(body));

        // Derivatives of the determinant are symmetric forms: cotangents take the same way as tangents.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [.. x.Select((_, i) => needed[i] && ct[0] is { } seed ? Guarded(Change(x, i, seed.Value), seed) : (Cotangent?)null)];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Node?> t) =>
            [t.Select((tangent, i) => tangent is null ? null : Change(x, i, tangent)).OfType<Node>().Aggregate((a, b) => a + b)];

        // Along one direction more where A moves, along another one where a direction does.
        private static Node Change(ImmutableArray<Node> x, int moved, Node by) =>
            Of(moved == 0 ? x.Add(by) : x.SetItem(moved, by));

        // In the bases of U and V, A is diag(s), and directions are P[1] .. P[k]. Of the determinant's permutations those count
        // that move nothing but rows i[0] .. i[k], each row in one P, row i[0] in the result:
        // c[i[0], i[p(0)]] = sum over p of sign(p) sum over i of q[i] product over r > 0 of P[r][i[r], i[p(r)]].
        private static Node Along(ImmutableArray<Node> x)
        {
            var (u, s, v) = Apply.Of(new SingularValues(), x[0].Apply.Origin, x[0]).Results is [var l, var d, var r]
                ? (l, d, r) : default;
            ImmutableArray<Node> factors = [ProductsOfOthers(s, x.Length), .. x[1..].Select(p => Times(T(u), p, v))];
            var sum = Permutations(x.Length).Select(p => Term(factors, p.To, p.Sign)).Aggregate((a, b) => a + b);
            return Turning(u, v) * Times(u, sum, T(v));
        }

        private static Node Term(ImmutableArray<Node> factors, int[] to, int sign)
        {
            static char Letter(int row) => (char)('a' + row);
            string rows = string.Concat(Enumerable.Range(0, to.Length).Select(Letter));
            string directions = string.Concat(Enumerable.Range(1, to.Length - 1).Select(r => $",...{Letter(r)}{Letter(to[r])}"));
            string result = to[0] == 0 ? "a" : $"a{Letter(to[0])}";
            var term = Ops.Einsum($"...{rows}{directions}->...{result}", factors.AsSpan());
            var matrix = to[0] == 0 ? Ops.ExpandDims(term, -2) * Ops.IdentityMatrix(term.Shape[-1], term.DType) : term;
            return sign > 0 ? matrix : -matrix;
        }

        // q[i[0], .., i[k]]: the product of all singular values but those, 0 where two are the same.
        private static Node ProductsOfOthers(Node s, int count)
        {
            int batch = s.Rank - 1;
            Shape all = [.. s.Shape.Take(batch), .. Enumerable.Repeat(s.Shape[batch], count + 1)];
            Shape chosen = [.. all.Take(batch + count)];
            static Node Same(Shape shape, int a, int b) =>
                Ops.Equal(Ops.Iota(shape, a, DType.Int64), Ops.Iota(shape, b, DType.Int64));
            for (int r = 0; r < count; r++)
                s = Ops.ExpandDims(s, batch);
            var products = s;
            for (int r = 0; r < count; r++)
                products = Ops.Where(Same(all, batch + r, batch + count), Ops.Scalar(s.DType, 1), products);
            products = Ops.Product(products, [batch + count]);
            for (int r = 1; r < count; r++)
                for (int other = 0; other < r; other++)
                    products = Ops.Where(Same(chosen, batch + r, batch + other), Ops.Scalar(s.DType, 0), products);
            return products;
        }

        private static IEnumerable<(int[] To, int Sign)> Permutations(int n) => n == 0 ? [([], 1)]
            : from p in Permutations(n - 1)
              from at in Enumerable.Range(0, n)
              select ((int[])[.. p.To[..at], n - 1, .. p.To[at..]], (n - 1 - at) % 2 == 0 ? p.Sign : -p.Sign);

        // The sign of the determinant of U V^T, which is 1 or -1 but for rounding.
        private static Node Turning(Node u, Node v) =>
            Ops.ExpandDims(Ops.ExpandDims(Ops.Sign(Determinant.Of(Times(u, T(v)))), -1), -1);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// The cofactors of square matrices, the slopes of their determinant. They and their derivatives of every order are
        /// exact where a matrix is singular, too.
        /// </summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns><c>c[.., i, j]</c>, the transpose of the adjugate, of the shape of <paramref name="a"/>.</returns>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static Node Cofactors(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Operations.Cofactors.Of(a);
        }
    }
}
