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
        /// <param name="nanGuard">Whether calls name the first node that makes NaN
        /// or an infinity; short for <see cref="CompileOptions.NanGuard"/>.</param>
        /// <exception cref="GraphException">Something cannot be differentiated or lowered; names op and line.</exception>
        /// <exception cref="InvalidOperationException">The store has a variable of the same name and another type.</exception>
        /// <exception cref="PlatformNotSupportedException">Dynamic code is switched off.</exception>
        /// <example><code>
        /// Node x = Input("x", DType.Float32, ["n"]);
        /// Executable square = new Computation([x], [x * x]).Compile();
        /// float[] y = square.Run(new float[] { 1, 2, 3 })[0].ToArray&lt;float&gt;();
        /// </code></example>
        public Executable Compile(ParameterStore? store = null, CompileOptions? options = null, bool validate = false,
            bool nanGuard = false)
        {
            options ??= new();
            options = options with { Validate = options.Validate || validate, NanGuard = options.NanGuard || nanGuard };
            var (program, report) = ProgramCache.Find(f, options, out var variables).Compile(f, variables, options);
            return new(program, report, store ?? new(), options);
        }

        /// <summary>Compiles the computation to a delegate for hot loops: no allocation, scalars by value, tensors as spans.</summary>
        /// <typeparam name="TDelegate"> A parameter per input in order, then one per output. Scalars pass by value or
        /// <c>in</c>, and out by <c>out</c>; tensors as <see cref="ReadOnlySpan{T}"/> or <see cref="Span{T}"/>, arrays,
        /// Tensor, TensorSpan or ReadOnlyTensorSpan of the shape, or structs of as many elements (Vector3, Matrix4x4,
        /// your own). A struct of other members takes the inputs, or outputs, that they are called after. A return
        /// value is the first output, a scalar or struct, or a tuple or struct of several.
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
            return structure.Delegate(() => Flat<TDelegate>(structure, signature, options))
                ?? TypedDelegate.Build<TDelegate>(structure.Compile(f, variables, options).Program, store ?? new(), options);
        }

        /// <summary>
        /// Compiles the computation to a session, in which a run does only what changed inputs reach; its small parts become straight-line
        /// code where that is faster, so that sums in them run in index order.
        /// </summary>
        /// <param name="store">Where its variables live.</param>
        /// <param name="options">How to compile; <see cref="CompileOptions.Seldom"/> keeps what seldom changes apart.</param>
        /// <param name="symbols">Numbers for the symbols in the shapes of inputs.</param>
        /// <exception cref="ArgumentException">A symbol has no number.</exception>
        /// <exception cref="GraphException">Something cannot be differentiated or lowered.</exception>
        /// <exception cref="InvalidOperationException">The computation updates variables.</exception>
        public Session CompileSession(
            ParameterStore? store = null, CompileOptions? options = null, params ReadOnlySpan<(string Symbol, long Extent)> symbols)
        {
            options ??= new();
            var structure = ProgramCache.Find(f, options, out var variables);
            var (program, report) = structure.Compile(f, variables, options, mayUnroll: f.Updates.IsEmpty);
            return new Executable(program, report, store ?? new(), options).Open(symbols);
        }

        /// <summary>
        /// Compiles a computation of one instance to a delegate over a
        /// batch: as many instances at once as a register has lanes.
        /// </summary>
        /// <typeparam name="TDelegate"> As for <see cref="Compile{TDelegate}"/>, of a computation in which every
        /// input that is not shared, and every output, has an axis more: its length is the number of instances.
        /// </typeparam>
        /// <param name="layout">Where that axis is, and what all instances share.</param>
        /// <param name="store">Where variables live.</param>
        /// <param name="options">How to compile. Threads split the batch.</param>
        /// <exception cref="ArgumentException">The delegate type does not fit; the message
        /// shows one that does. Or an input called shared does not exist.</exception>
        /// <exception cref="GraphException">Something cannot be differentiated, batched or lowered.</exception>
        /// <remarks>
        /// Small static graphs become straight-line code whose values are registers; branches (<c>Where</c>) compute both sides and select.
        /// Others are batched op by op, as <see cref="Vmap"/> does. Each instance has the bits that it has alone, for every register width.
        /// </remarks>
        /// <example><code>
        /// delegate void Prices(ReadOnlySpan&lt;float&gt; spot, ReadOnlySpan&lt;float&gt; strike, float rate, Span&lt;float&gt; price);
        /// var price = blackScholes.CompileBatched&lt;Prices&gt;(new() { Shared = ["rate"] });
        /// </code></example>
        public TDelegate CompileBatched<TDelegate>(BatchLayout? layout = null, ParameterStore? store = null, CompileOptions? options = null)
            where TDelegate : Delegate
        {
            options ??= new();
            var one = Compiler.Optimise(f, options).Optimised;
            var batch = new Batch(one, layout ?? new());
            Signature.Of<TDelegate>(batch.Computation);
            var program = FlatChoice.Instances(one, options) is { } flat
                ? FlatLowering.Of(batch, flat, options) : Compiler.Run(batch.Computation, options).Program;
            return TypedDelegate.Build<TDelegate>(program, store ?? new(), options);
        }
    }

    private static TDelegate? Flat<TDelegate>(CompiledStructure structure, Signature signature, CompileOptions options)
        where TDelegate : Delegate
    {
        var f = structure.Optimise(options).Optimised;
        if (FlatChoice.Of(f, options) is not { } flat)
            return null;
        return ScalarDelegate.TryBuild<TDelegate>(flat, signature, structure.Source.Name)
            ?? TypedDelegate.Build<TDelegate>(FlatLowering.Of(structure.Source, f, flat, options), new(), options);
    }
}
