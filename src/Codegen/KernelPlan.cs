using System.Collections.Immutable;
using System.Linq.Expressions;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>One kernel launch before its code exists: what the code is, what fills its arguments, how its range splits.</summary>
/// <param name="Name">For reports and stack traces.</param>
/// <param name="Key">Identity of the code: plans with equal keys share one delegate.</param>
/// <param name="Emit">Writes the code for registers of a width.</param>
/// <param name="Arguments">What fills the argument block, word by word.</param>
/// <param name="Range">Units of the outer loop.</param>
/// <param name="Grain">Smallest piece of the range that is worth a thread; splits fall on multiples of it.</param>
/// <param name="Work">Elements, or multiply-adds, of the whole range.</param>
/// <param name="UnitNanoseconds">About how long one of them takes on one thread.</param>
/// <param name="Errors">Messages by error code, the first being code 1.</param>
/// <param name="Description">The kernel IR as text, for dumps.</param>
internal sealed record KernelPlan(string Name, string Key, Func<VectorWidth, Expression<Kernel>> Emit, ImmutableArray<Argument> Arguments,
    Dim Range, long Grain, Dim Work, double UnitNanoseconds, ImmutableArray<string> Errors, Func<string> Description)
{
    // A launch of nothing: arguments, registers, the way in and out; and an entry of a table.
    private const double LaunchNanoseconds = 300, EntryNanoseconds = 20;

    /// <summary>About how long a launch takes on one thread, given the numbers behind <see cref="Work"/>.</summary>
    public double Nanoseconds(long work) => Nanoseconds([(this, work)]);

    /// <summary>About how long a launch of several of one code takes.</summary>
    public static double Nanoseconds(IEnumerable<(KernelPlan Plan, long Work)> entries) =>
        LaunchNanoseconds - EntryNanoseconds + entries.Sum(e => EntryNanoseconds + e.Work * e.Plan.UnitNanoseconds);

    /// <summary>Whether the code takes a <see cref="LaunchTable"/>.</summary>
    public bool IsTable => Nest?.EntryWords is not null;

    /// <summary>The memory that it touches, each once.</summary>
    public IEnumerable<object> Buffers =>
        Arguments.OfType<MemoryArgument>().Select(m => m.Buffer).Distinct(ReferenceEqualityComparer.Instance)!;

    /// <summary>Whether it makes temporaries from constants, and from nothing that differs from call to call.</summary>
    public bool ReadsConstantsOnly => Errors.IsEmpty && Range.IsConstant
        && Arguments.All(a => a is NumberArgument { Value.IsConstant: true }
            or MemoryArgument { Buffer: Temporary or Node { Op: Operations.Constant }, ByteOffset.IsConstant: true })
        && Arguments.Any(a => a is MemoryArgument { Buffer: Node }) && Arguments.Any(a => a is MemoryArgument { Buffer: Temporary });

    /// <summary>The loops, where the kernel is a loop nest: what straight-line code can be taken from.</summary>
    public LoopNest? Nest { get; init; }

    /// <summary>Bytes of <see cref="ThreadMemory"/> that it asks for, given registers and the numbers behind symbols.</summary>
    public Func<VectorWidth, IReadOnlyDictionary<string, long>, long> ThreadBytes { get; init; } = (_, _) => 0;

    /// <summary>Makes the code where it is several methods under one driver; otherwise <see cref="Emit"/> is all of it.</summary>
    public Func<VectorWidth, Kernel>? Assemble { get; init; }

    /// <summary>The code for registers of a width.</summary>
    public Kernel Compile(VectorWidth width) => Assemble is null ? Emit(width).Compile() : Assemble(width);
}
