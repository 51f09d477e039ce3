using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Adjoint.Codegen.Lambdas;

namespace Adjoint;

/// <summary>C# lambdas as computations.</summary>
public static class LambdaImport
{
    extension(Computation)
    {
        /// <summary>
        /// The computation that a lambda writes down. Parameters are float, double, int, long or bool, each an input of its name, or
        /// arrays of these, whose extents are symbols; results are a value, or several in an array, a tuple or an anonymous object.
        /// </summary>
        /// <remarks>
        /// Understood are arithmetic, comparisons, logic, conditionals, casts, members of <see cref="Math"/> and
        /// <see cref="MathF"/>, elements of arrays, and calls of other lambdas; numbers from outside (constants,
        /// captured variables, fields, properties) are read now. Semantics are those of C#: whole numbers divide toward
        /// zero and wrap. Both branches of a conditional, and both sides of &amp;&amp; and ||, are computed; an integer
        /// divided by 0 is 0 rather than an exception. Derivatives of the branch not taken are masked.
        /// </remarks>
        /// <param name="lambda">An expression lambda with typed parameters.</param>
        /// <param name="name">The computation's name.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Something in it has no op; quotes it and says what to write instead.</exception>
        /// <example><code>
        /// var f = Computation.From((double x, double y) => Math.Exp(x) * y + 1).Compile&lt;Func&lt;double, double, double>>();
        /// </code></example>
        [RequiresUnreferencedCode("Reads captured variables and members by reflection.")]
        [RequiresDynamicCode("Reads captured variables and members by reflection.")]
        public static Computation From(LambdaExpression lambda, string name = "computation",
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            ArgumentNullException.ThrowIfNull(lambda);
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            ImmutableArray<Node> inputs = [.. lambda.Parameters.Select((p, i) => InputOf(p, i, origin))];
            var outputs = new LambdaReader(origin).Outputs(lambda, inputs);
            return new(inputs.AsSpan(), outputs.AsSpan(), name: name);
        }

        /// <summary>The computation that a lambda of a known delegate type writes down: its parameters need no types.</summary>
        /// <inheritdoc cref="From(LambdaExpression, string, string, int)"/>
        /// <example><code>Computation.From&lt;Func&lt;double, double>>(x => x * x)</code></example>
        [RequiresUnreferencedCode("Reads captured variables and members by reflection.")]
        [RequiresDynamicCode("Reads captured variables and members by reflection.")]
        public static Computation From<TDelegate>(Expression<TDelegate> lambda, string name = "computation",
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where TDelegate : Delegate =>
            From((LambdaExpression)lambda, name, file, line);
    }

    private static Node InputOf(ParameterExpression p, int index, Origin origin)
    {
        string name = p.Name ?? $"x{index}";
        var element = p.Type.IsArray ? p.Type.GetElementType()! : p.Type;
        var dtype = DType.All.FirstOrDefault(d => d.ClrType == element)
            ?? throw new GraphException($"parameter '{name}' is {p.Type.Name} ({origin}); use {string.Join(", ", DType.All.Select(d => d.ClrType.Name))}, or arrays of these.");
        int rank = p.Type.IsArray ? p.Type.GetArrayRank() : 0;
        return Ops.Input(name, dtype, Shape.Of(Enumerable.Range(0, rank)
            .Select(a => Dim.Symbol(rank == 1 ? $"{name}.Length" : $"{name}.Length{a}"))));
    }
}
