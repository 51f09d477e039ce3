using System.Collections.Immutable;
using Adjoint.Passes;

namespace Adjoint;

/// <summary>How a computation is compiled. The defaults suit almost everyone.</summary>
public sealed record CompileOptions
{
    /// <summary>Registers that kernels use; the widest that the hardware has by default. Results do not depend on it.</summary>
    public Codegen.VectorWidth VectorWidth { get; init; } = Codegen.VectorWidths.Best;

    /// <summary>Threads that one call may use, the caller's included; one per processor by default. Results do not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Whether each pass's result is run on seeded data in the reference executor and compared with what came in. Slow;
    /// names the first pass, and rule, that changes the answer beyond its label.
    /// </summary>
    public bool Validate { get; init; }

    /// <summary>
    /// Whether each call looks for the first node that turns finite operands into NaN or an infinity, and throws a
    /// <see cref="ComputationException"/> that names it with its line. Results are read after every kernel, and nothing
    /// is computed in place: for finding a fault, not for speed.
    /// </summary>
    public bool NanGuard { get; init; }

    /// <summary>
    /// Whether typed delegates of small tensors of known shape, and small parts of sessions, become straight-line code on single elements,
    /// without loops or launches; by default where that is estimated to run faster. Sums then run in index order.
    /// </summary>
    public Flattening Flatten { get; init; } = Flattening.Auto;

    /// <summary>
    /// Names of inputs that are set seldom, such as the data of a batch: what depends on them alone shares no kernel with what depends
    /// on others, so that a <see cref="Session"/> computes it again only when one of them is set. None by default.
    /// </summary>
    public ImmutableHashSet<string> Seldom { get; init; } = [];

    /// <summary>
    /// Most bytes of scratch memory that one call may take; no limit by default. Where a plan takes more, values that cost little are
    /// computed again instead of kept, which changes no bit; compiling throws if that is not enough. Needs extents that are
    /// numbers; not with <see cref="NanGuard"/>, which keeps everything.
    /// </summary>
    public long? MemoryCap { get; init; }

    /// <summary>
    /// Time after which compiling looks no further for what only makes plans better: orders of launches, company for small ones,
    /// layouts of the arena. What must be done is done however long it takes, and results do not depend on it; no limit by default.
    /// <see cref="CompileReport.LeftOut"/> says what it cost.
    /// </summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Which kinds of rewrite are admitted; exact, last-bits and improving ones by default.</summary>
    public ImmutableHashSet<Soundness> Admitted { get; init; } = Soundness.Default;

    /// <summary>Stops compilation between passes and kernels.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Whether the same program comes out, whoever compiles it: what only calls look at may differ.</summary>
    internal bool CompilesLike(CompileOptions other) =>
        VectorWidth == other.VectorWidth && NanGuard == other.NanGuard && MemoryCap == other.MemoryCap
        && Budget == other.Budget && Flatten == other.Flatten && Seldom.SetEquals(other.Seldom) && Admitted.SetEquals(other.Admitted);
}

/// <summary>Which typed delegates, and parts of sessions, become straight-line code.</summary>
public enum Flattening
{
    /// <summary>Those that run faster so, by a cost model, and are not too long to compile.</summary>
    Auto,

    /// <summary>All; what cannot be unrolled is an error.</summary>
    Always,

    /// <summary>None.</summary>
    Never,
}
