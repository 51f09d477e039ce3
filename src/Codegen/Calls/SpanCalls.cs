using System.Collections.Concurrent;

namespace Adjoint.Codegen;

/// <summary>Delegates over spans that an executable has handed out, one per number and types of spans.</summary>
internal sealed class SpanCalls(Executable executable)
{
    private readonly ConcurrentDictionary<Type, Delegate> made = new();

    public delegate void One<T0, TResult>(ReadOnlySpan<T0> x0, Span<TResult> y);

    public delegate void Two<T0, T1, TResult>(ReadOnlySpan<T0> x0, ReadOnlySpan<T1> x1, Span<TResult> y);

    public delegate void Three<T0, T1, T2, TResult>(ReadOnlySpan<T0> x0, ReadOnlySpan<T1> x1, ReadOnlySpan<T2> x2, Span<TResult> y);

    public TDelegate Of<TDelegate>() where TDelegate : Delegate =>
        (TDelegate)made.GetOrAdd(typeof(TDelegate), static (_, e) => e.As<TDelegate>(), executable);
}
