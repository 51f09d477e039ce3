using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Reflection;

namespace Adjoint.Codegen;

/// <summary>How one input or output of a computation passes through a delegate.</summary>
/// <param name="Node">The input or output.</param>
/// <param name="Parameter">The delegate's parameter; null for the return value.</param>
/// <param name="ByValue">Whether it is a scalar passed by value, rather than a span.</param>
internal sealed record Passing(Node Node, ParameterExpression? Parameter, bool ByValue);

/// <summary>
/// Matches a delegate type with a computation: a parameter per input in order, then a span per output; a delegate that
/// returns a value returns the first output, a scalar.
/// </summary>
internal sealed class Signature
{
    private Signature(ImmutableArray<Passing> externals, ImmutableArray<ParameterExpression> parameters, bool returns) =>
        (Externals, Parameters, Returns) = (externals, parameters, returns);

    /// <summary>Inputs, then outputs.</summary>
    public ImmutableArray<Passing> Externals { get; }

    /// <summary>The delegate's parameters.</summary>
    public ImmutableArray<ParameterExpression> Parameters { get; }

    /// <summary>Whether the first output is the return value.</summary>
    public bool Returns { get; }

    /// <summary>Matches <typeparamref name="TDelegate"/> with <paramref name="f"/>.</summary>
    /// <exception cref="ArgumentException">It does not fit; the message shows the signature that would.</exception>
    public static Signature Of<TDelegate>(Computation f) where TDelegate : Delegate
    {
        var invoke = typeof(TDelegate).GetMethod("Invoke") ?? throw new ArgumentException($"{typeof(TDelegate)} is no delegate type.");
        var parameters = invoke.GetParameters();
        bool returns = invoke.ReturnType != typeof(void);
        int expected = f.Inputs.Length + f.Outputs.Length - (returns ? 1 : 0);
        if (parameters.Length != expected)
            throw Mismatch<TDelegate>(f, returns, $"has {parameters.Length} parameters, but {expected} are needed");
        if (returns && (f.Outputs.Length == 0 || f.Outputs[0].Value.Rank != 0 || invoke.ReturnType != f.Outputs[0].Value.DType.ClrType))
            throw Mismatch<TDelegate>(f, returns, $"returns {Name(invoke.ReturnType)}, but the first output is " +
                (f.Outputs.Length == 0 ? "missing" : f.Outputs[0].Value.Type.ToString()));
        var expressions = parameters.Select(p => Expression.Parameter(p.ParameterType, p.Name)).ToImmutableArray();
        var externals = f.Inputs.Select((x, i) => Pass<TDelegate>(f, returns, x, parameters[i], expressions[i], isOutput: false)).ToList();
        if (returns)
            externals.Add(new(f.Outputs[0].Value, null, ByValue: true));
        for (int o = returns ? 1 : 0; o < f.Outputs.Length; o++)
        {
            int i = f.Inputs.Length + o - (returns ? 1 : 0);
            externals.Add(Pass<TDelegate>(f, returns, f.Outputs[o].Value, parameters[i], expressions[i], isOutput: true));
        }
        return new([.. externals], expressions, returns);
    }

    private static Passing Pass<TDelegate>(Computation f, bool returns, Node node, ParameterInfo p, ParameterExpression expression, bool isOutput)
    {
        var element = node.DType.ClrType;
        bool fits = p.ParameterType == typeof(Span<>).MakeGenericType(element)
            || (!isOutput && (p.ParameterType == typeof(ReadOnlySpan<>).MakeGenericType(element) || (node.Rank == 0 && p.ParameterType == element)));
        return fits ? new(node, expression, p.ParameterType == element)
            : throw Mismatch<TDelegate>(f, returns, $"parameter '{p.Name}' is {Name(p.ParameterType)}, but {node.Type} is passed there");
    }

    private static ArgumentException Mismatch<TDelegate>(Computation f, bool returns, string problem)
    {
        returns &= f.Outputs is [{ Value.Rank: 0 }, ..];
        var parameters = f.Inputs.Select((x, i) => (x.Rank == 0 ? Name(x.DType.ClrType) : $"ReadOnlySpan<{Name(x.DType.ClrType)}>") +
                $" {(x.Op is Operations.InputOp op ? op.Key : $"x{i}")}")
            .Concat(f.Outputs.Skip(returns ? 1 : 0).Select(o => $"Span<{Name(o.Value.DType.ClrType)}> {o.Name}"));
        string result = returns ? Name(f.Outputs[0].Value.DType.ClrType) : "void";
        return new ArgumentException($"{typeof(TDelegate).Name} {problem}. A fitting type: delegate {result} {typeof(TDelegate).Name}({string.Join(", ", parameters)});");
    }

    private static string Name(Type type) => type == typeof(float) ? "float" : type == typeof(double) ? "double" : type == typeof(int) ? "int"
        : type == typeof(long) ? "long" : type == typeof(bool) ? "bool" : type == typeof(sbyte) ? "sbyte" : type == typeof(byte) ? "byte"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}
