using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>Order of nodes. Shapes broadcast; equality of nodes stays equality of references, see <see cref="Ops.Equal"/>.</summary>
public static class ComparisonOperators
{
    extension(Node)
    {
        /// <summary>Whether <c>a &lt; b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator <(Node a, Node b) => Ops.Broadcasting(new Less(), Origin.OfOperator(), a, b);

        /// <summary>Whether <c>a &lt; b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator <(Node a, double b) => Ops.Broadcasting(new Less(), Origin.OfOperator(), a, b);

        /// <summary>Whether <c>a &lt; b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator <(double a, Node b) => Ops.Broadcasting(new Less(), Origin.OfOperator(), a, b);

        /// <summary>Whether <c>a &gt; b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator >(Node a, Node b) => Ops.Broadcasting(new Less(), Origin.OfOperator(), b, a);

        /// <summary>Whether <c>a &gt; b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator >(Node a, double b) => Ops.Broadcasting(new Less(), Origin.OfOperator(), b, a);

        /// <summary>Whether <c>a &gt; b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator >(double a, Node b) => Ops.Broadcasting(new Less(), Origin.OfOperator(), b, a);

        /// <summary>Whether <c>a &lt;= b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator <=(Node a, Node b) => Ops.Broadcasting(new LessOrEqual(), Origin.OfOperator(), a, b);

        /// <summary>Whether <c>a &lt;= b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator <=(Node a, double b) => Ops.Broadcasting(new LessOrEqual(), Origin.OfOperator(), a, b);

        /// <summary>Whether <c>a &lt;= b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator <=(double a, Node b) => Ops.Broadcasting(new LessOrEqual(), Origin.OfOperator(), a, b);

        /// <summary>Whether <c>a &gt;= b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator >=(Node a, Node b) => Ops.Broadcasting(new LessOrEqual(), Origin.OfOperator(), b, a);

        /// <summary>Whether <c>a &gt;= b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator >=(Node a, double b) => Ops.Broadcasting(new LessOrEqual(), Origin.OfOperator(), b, a);

        /// <summary>Whether <c>a &gt;= b</c>, elementwise; false with NaN.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Node operator >=(double a, Node b) => Ops.Broadcasting(new LessOrEqual(), Origin.OfOperator(), b, a);
    }
}
