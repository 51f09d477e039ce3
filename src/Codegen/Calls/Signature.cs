using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Adjoint.Codegen;

/// <summary>How one input or output of a computation passes through a delegate.</summary>
/// <param name="Node">The input or output.</param>
/// <param name="Place">A scalar, to be read or assigned; or a span: a
/// parameter, or a local that <see cref="Signature.Before"/> sets.</param>
/// <param name="ByValue">Whether it is a scalar passed by value, rather than a span.</param>
/// <param name="IsOutput">Whether the delegate writes it.</param>
/// <param name="IsOwn">Whether it is a copy of the call's own, which overlaps nothing.</param>
internal sealed record Passing(Node Node, Expression Place, bool ByValue, bool IsOutput, bool IsOwn = false)
{
    /// <summary>Extents that are no numbers, of an argument that brings its shape with it: which axis, and its length.</summary>
    public ImmutableArray<(int Axis, Expression Length)> Extents { get; init; } = [];

    /// <summary>The name of the parameter or member, for errors.</summary>
    public string Name => (Place as ParameterExpression)?.Name ?? Place.ToString();

    /// <summary>The span, read-only.</summary>
    public Expression ReadOnly => typeof(ReadOnlySpan<>).MakeGenericType(Node.DType.ClrType) is var type && Place.Type == type
        ? Place : Expression.Convert(Place, type);
}

/// <summary>A delegate type matched with a computation: where each input comes from and each output goes.</summary>
/// <param name="Externals">Inputs, then outputs.</param>
/// <param name="Parameters">The delegate's parameters.</param>
/// <param name="Locals">Locals of the delegate: spans over arguments, scalars on their way out.</param>
/// <param name="Before">Sets the locals that are read; checks arguments.</param>
/// <param name="After">Hands results out; the last expression is the return value.</param>
internal sealed record Signature(ImmutableArray<Passing> Externals, ImmutableArray<ParameterExpression> Parameters,
    ImmutableArray<ParameterExpression> Locals, ImmutableArray<Expression> Before, ImmutableArray<Expression> After)
{
    /// <summary>Matches <typeparamref name="TDelegate"/> with <paramref name="f"/>.</summary>
    /// <exception cref="ArgumentException">It does not fit; the message shows the signature that would.</exception>
    public static Signature Of<TDelegate>(Computation f) where TDelegate : Delegate => new SignatureMatch(f, typeof(TDelegate)).Run();
}
