using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>
/// The op-by-op executor: every op's reference semantics, one after the other, on host tensors. It is the truth that
/// compiled code is tested against; it is slow, and never what a compiled executable runs.
/// </summary>
public static class Reference
{
    /// <summary>Evaluates a computation's outputs.</summary>
    /// <param name="f">The computation; derivative requests must have been expanded.</param>
    /// <param name="inputs">A value per input.</param>
    /// <param name="bindings">Values of symbols; those that input shapes bind are added.</param>
    /// <param name="variables">Values of variables; the initial ones where none is given.</param>
    public static ImmutableArray<HostTensor> Run(Computation f, IEnumerable<HostTensor> inputs,
        IReadOnlyDictionary<string, long>? bindings = null, IReadOnlyDictionary<Variable, HostTensor>? variables = null) =>
        [.. Roots(f, inputs, bindings, variables).Take(f.Outputs.Length)];

    /// <summary>Evaluates outputs and then the new values of updated variables.</summary>
    public static ImmutableArray<HostTensor> Roots(Computation f, IEnumerable<HostTensor> inputs,
        IReadOnlyDictionary<string, long>? bindings = null, IReadOnlyDictionary<Variable, HostTensor>? variables = null)
    {
        var values = new Dictionary<Node, HostTensor>();
        foreach (var (node, value) in f.Inputs.Zip(inputs))
            values[node] = value;
        var bound = Bindings.Solve(f, [.. f.Inputs.Select(i => values[i])], bindings);
        foreach (var apply in f.Applies)
            if (apply.Op is VariableRead read)
                values[read.Variable] = variables is not null && variables.TryGetValue(read.Variable, out var v) ? v
                : read.Variable.Initial.Create(read.Variable.Type);
            else if (apply.Op is not InputOp)
                Evaluate(apply, values, bound);
        return [.. f.Roots.Select(r => values[r])];
    }

    private static void Evaluate(Apply apply, Dictionary<Node, HostTensor> values, IReadOnlyDictionary<string, long> bindings)
    {
        var results = apply.Op.Evaluate(new([.. apply.Inputs.Select(i => values[i])], [.. apply.Results.Select(r => r.Type)], bindings));
        for (int i = 0; i < results.Length; i++)
            values[apply.Results[i]] = results[i];
    }
}
