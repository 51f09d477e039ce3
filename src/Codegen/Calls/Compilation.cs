using Adjoint.Codegen;

namespace Adjoint;

/// <summary>Compiling computations: where graphs become code.</summary>
public static class Compilation
{
    extension(Computation f)
    {
        /// <summary>Compiles the computation to kernels and a plan.</summary>
        /// <param name="store">Where its variables live; shared with other executables, or one of its own by default.</param>
        /// <param name="options">How to compile.</param>
        /// <param name="validate">Whether every pass is checked on seeded data; short for <see cref="CompileOptions.Validate"/>.</param>
        /// <param name="nanGuard">Whether calls name the first node that makes NaN or an infinity; short for <see cref="CompileOptions.NanGuard"/>.</param>
        /// <exception cref="GraphException">Something cannot be differentiated or lowered; names op and line.</exception>
        /// <exception cref="InvalidOperationException">The store has a variable of the same name and another type.</exception>
        /// <exception cref="PlatformNotSupportedException">Dynamic code is switched off.</exception>
        /// <example><code>
        /// Node x = Input("x", DType.Float32, ["n"]);
        /// Executable square = new Computation([x], [x * x]).Compile();
        /// float[] y = square.Run(new float[] { 1, 2, 3 })[0].ToArray&lt;float&gt;();
        /// </code></example>
        public Executable Compile(ParameterStore? store = null, CompileOptions? options = null, bool validate = false, bool nanGuard = false)
        {
            options ??= new();
            options = options with { Validate = options.Validate || validate, NanGuard = options.NanGuard || nanGuard };
            var (program, report) = ProgramCache.Find(f, options, out var variables).Compile(f, variables, options);
            return new(program, report, store ?? new(), options);
        }

        /// <summary>Compiles the computation to a delegate for hot loops: no allocation, scalars by value, tensors as spans.</summary>
        /// <typeparam name="TDelegate">
        /// A parameter per input in order (a scalar by value, or <see cref="ReadOnlySpan{T}"/>), then a <see cref="Span{T}"/>
        /// per output. A delegate with a return value returns the first output, a scalar.
        /// </typeparam>
        /// <param name="store">Where its variables live.</param>
        /// <param name="options">How to compile.</param>
        /// <exception cref="ArgumentException">The delegate type does not fit; the message shows one that does.</exception>
        /// <remarks>The delegate may be called from many threads. It checks lengths and overlaps before anything runs.</remarks>
        public TDelegate Compile<TDelegate>(ParameterStore? store = null, CompileOptions? options = null) where TDelegate : Delegate
        {
            options ??= new();
            var signature = Signature.Of<TDelegate>(f);
            var structure = ProgramCache.Find(f, options, out var variables);
            return (options.Flatten && !options.NanGuard ? structure.Delegate(() => Flat<TDelegate>(structure.Optimise(options), signature)) : null)
                ?? TypedDelegate.Build<TDelegate>(structure.Compile(f, variables, options).Program, store ?? new(), options);
        }
    }

    private static TDelegate? Flat<TDelegate>(Passes.PipelineResult passes, Signature signature) where TDelegate : Delegate =>
        Flattener.Of(passes.Optimised, ScalarDelegate.MostInstructions) is { } flat
            ? ScalarDelegate.TryBuild<TDelegate>(flat, signature, passes.Source.Name) : null;
}
