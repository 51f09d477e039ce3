using System.Collections.Immutable;
using Adjoint.Operations;
using Adjoint.Passes;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Looks at what each kernel stored. Where a value is not finite, the kernel's nodes are evaluated once more, one by
/// one, from what it read; the first that makes NaN or an infinity from finite operands is named.
/// </summary>
internal sealed class NanGuard(ImmutableArray<ProgramStep> steps, IReadOnlyDictionary<string, long> bindings) : IStepObserver
{
    public void Before(int step, long args) { }

    public void After(int step, long args)
    {
        // A product's packing kernels run before the one that stores.
        if (step + 1 < steps.Length && steps[step + 1].Group == steps[step].Group)
            return;
        foreach (var output in steps[step].Group.Outputs.Where(o => o.Value.DType.IsFloat))
            if (new StepMemory(steps[step], args, bindings) is var memory && memory.Written(output) is { } stored
                && Faults.FirstIn(stored) is { } fault)
                Explain(step, output, memory, fault);
    }

    private void Explain(int step, GroupOutput output, StepMemory memory, string fault)
    {
        var values = new Dictionary<Node, HostTensor?>();
        foreach (var node in steps[step].Group.Nodes)
            if (Value(node, memory, values) is { } value && node.DType.IsFloat && Faults.FirstIn(value) is { } made)
            {
                var operands = node.Apply.Inputs.Select(x => Value(x, memory, values)).ToList();
                if (operands.Exists(o => o is null || Faults.FirstIn(o) is not null))
                    return;   // it came in that way
                throw new ComputationException($"{node} at {node.Apply.Origin} turned finite operands into {made}.");
            }
        if (steps[step].Group.Members.Any(m => m.Node == output.Value))
            throw new ComputationException($"{output.Value} at {output.Value.Apply.Origin} became {fault} in kernel {steps[step].Plan.Name}.");
    }

    // A node's value: computed here, looked at through views, or read by the kernel. Null where it is none of these.
    private HostTensor? Value(Node node, StepMemory memory, Dictionary<Node, HostTensor?> values)
    {
        if (values.TryGetValue(node, out var known))
            return known;
        return values[node] = memory.Read(node) ?? Evaluated(node, memory, values);
    }

    private HostTensor? Evaluated(Node node, StepMemory memory, Dictionary<Node, HostTensor?> values)
    {
        if (node.Op is Leaf and not Constant)
            return null;
        ImmutableArray<HostTensor?> operands = [.. node.Apply.Inputs.Select(x => Value(x, memory, values))];
        return operands.Contains(null) ? null
            : node.Apply.Op.Evaluate(new([.. operands.Select(o => o!)], [.. node.Apply.Results.Select(r => r.Type)], bindings))[node.Index];
    }
}

/// <summary>What is wrong with a tensor's values.</summary>
internal static class Faults
{
    /// <summary>The first element that is not finite and where it is, as text; null if there is none.</summary>
    public static string? FirstIn(HostTensor t) => t.DType.IsFloat ? t.DType.Visit(new Finder(t)) : null;

    private readonly struct Finder(HostTensor t) : IDTypeVisitor<string?>
    {
        public string? Visit<T>() where T : unmanaged
        {
            var span = t.Span<T>();
            for (int i = 0; i < span.Length; i++)
                if (!double.IsFinite(Bits.ToDouble(span[i])))
                    return $"{span[i]} (element [{string.Join(", ", Coordinates(i, t.Shape))}] of {t})";
            return null;
        }
    }

    private static long[] Coordinates(long position, ReadOnlySpan<long> shape)
    {
        var at = new long[shape.Length];
        for (int a = shape.Length - 1; a >= 0; a--)
            (position, at[a]) = Math.DivRem(position, shape[a]);
        return at;
    }
}
