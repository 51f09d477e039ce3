using System.Collections.Immutable;

namespace Adjoint.Passes;

/// <summary>What a rewrite may change in the result.</summary>
/// <param name="Label">How reports name it.</param>
public sealed record Soundness(string Label)
{
    /// <summary>Equal bits for every operand, IEEE 754 special values included; only the payload of a NaN may differ.</summary>
    public static Soundness Exact { get; } = new("exact");

    /// <summary>Rounding differs by a few units in the last place.</summary>
    public static Soundness LastBits { get; } = new("last-bits");

    /// <summary>The result is closer to the mathematical value, and finite where the original overflows or cancels.</summary>
    public static Soundness Improves { get; } = new("improves");

    /// <summary>NaN, infinity or zero give something else.</summary>
    public static Soundness ChangesDomain { get; } = new("changes-domain");

    /// <summary>What is admitted unless a user says otherwise.</summary>
    public static ImmutableHashSet<Soundness> Default { get; } = [Exact, LastBits, Improves];

    /// <inheritdoc/>
    public override string ToString() => Label;

    /// <summary>True under an assumption that a user has to state.</summary>
    public static class Assumes
    {
        /// <summary>No operand and no result is NaN or infinite.</summary>
        public static Soundness Finite { get; } = new("assumes(finite)");

        /// <summary>Nobody asks for the sign of a zero.</summary>
        public static Soundness NoSignedZero { get; } = new("assumes(no signed zero)");

        /// <summary>No divisor is subnormal (below 10⁻³⁰⁷ in float64, 10⁻³⁷ in float32): its reciprocal does not overflow.</summary>
        public static Soundness NormalDivisors { get; } = new("assumes(normal divisors)");
    }
}
