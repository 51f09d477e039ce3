using System.Linq.Expressions;

namespace Adjoint.Codegen;

/// <summary>
/// The locals of one lambda, lent by type and used again once returned: past about 500 locals the JIT keeps values in
/// memory, so one that is no longer needed must not cost a second one.
/// </summary>
/// <remarks>Serves every loop and unrolled copy of a lambda. For one thread.</remarks>
internal sealed class LocalPool
{
    private readonly List<ParameterExpression> locals = [];
    private Dictionary<(Type, DType?), Stack<ParameterExpression>> free = [];
    private readonly Dictionary<ParameterExpression, DType> masks = [];
    private readonly Stack<HashSet<ParameterExpression>> rented = new([[]]);

    /// <summary>Every local ever lent: what the lambda's outermost block declares.</summary>
    public IReadOnlyList<ParameterExpression> Locals => locals;

    /// <summary>A local of this type that nobody else holds.</summary>
    /// <param name="type">What it holds.</param>
    /// <param name="compared">
    /// Of a mask, what it was found by comparing. A vector local lives in a mask register if it never holds anything but masks, and
    /// those of one type of numbers.
    /// </param>
    public ParameterExpression Rent(Type type, DType? compared = null)
    {
        var local = free.TryGetValue((type, compared), out var some) && some.Count > 0 ? some.Pop() : Declare(type);
        if (compared is { } numbers) masks.TryAdd(local, numbers);
        rented.Peek().Add(local);
        return local;
    }

    /// <summary>Gives a local back before its scope ends.</summary>
    public void Return(ParameterExpression local)
    {
        foreach (var scope in rented)
            if (scope.Remove(local))
            {
                Free(local);
                return;
            }
        throw new InvalidOperationException($"local {local} is not rented.");
    }

    /// <summary>Opens a scope; its end returns what was rented in it and not given back.</summary>
    public IDisposable Scope()
    {
        rented.Push([]);
        return new Closing(this);
    }

    /// <summary>
    /// Opens a stretch of code that shares no local with what has been returned before it, so that its statements may be mixed with earlier
    /// ones; its end returns what was returned within.
    /// </summary>
    public IDisposable Apart()
    {
        var outer = free;
        free = [];
        return new Joining(this, outer);
    }

    private ParameterExpression Declare(Type type)
    {
        var local = Expression.Variable(type, $"t{locals.Count}");
        locals.Add(local);
        return local;
    }

    private void Free(ParameterExpression local)
    {
        (Type, DType?) kind = (local.Type, masks.TryGetValue(local, out var numbers) ? numbers : null);
        if (!free.TryGetValue(kind, out var some)) free.Add(kind, some = new());
        some.Push(local);
    }

    private sealed class Closing(LocalPool pool) : IDisposable
    {
        public void Dispose()
        {
            foreach (var local in pool.rented.Pop()) pool.Free(local);
        }
    }

    private sealed class Joining(LocalPool pool, Dictionary<(Type, DType?), Stack<ParameterExpression>> outer) : IDisposable
    {
        public void Dispose()
        {
            var returned = pool.free.Values.SelectMany(some => some);
            pool.free = outer;
            foreach (var local in returned) pool.Free(local);
        }
    }
}
