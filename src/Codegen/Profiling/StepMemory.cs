using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>The memory of one launch, from its argument block: valid until the next step runs.</summary>
internal sealed unsafe class StepMemory(ProgramStep step, long args, IReadOnlyDictionary<string, long> bindings)
{
    /// <summary>A copy of a tensor that the launch has the address of; null for others.</summary>
    public HostTensor? Read(Node node)
    {
        if (Base(Storage.Owner(node)) is not { } address)
            return null;
        var copy = HostTensor.Zeros(node.DType, node.Shape.Evaluate(bindings));
        new ReadOnlySpan<byte>((void*)address, copy.Bytes.Length).CopyTo(copy.Bytes);
        return copy;
    }

    /// <summary>What the launch stored for an output: of an assembled tensor, only its part.</summary>
    public HostTensor? Written(GroupOutput output)
    {
        if (output.Value == output.Buffer)
            return Read(output.Buffer);
        if (Read(output.Buffer) is not { } whole)
            return null;
        var part = HostTensor.Zeros(output.Value.DType, [.. step.Group.Domain.Select(d => d.Evaluate(bindings))]);
        part.DType.Visit(new Picker(whole, part, output.Target, bindings));
        return part;
    }

    private long? Base(Node owner)
    {
        for (int i = 0; i < step.Plan.Arguments.Length; i++)
            if (step.Plan.Arguments[i] is MemoryArgument m && m.Buffer == owner)
                return ((long*)args)[i] - m.ByteOffset.Evaluate(bindings);
        return null;
    }

    private readonly struct Picker(HostTensor whole, HostTensor part, Access target,
        IReadOnlyDictionary<string, long> bindings) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            var from = whole.Span<T>();
            var to = part.Span<T>();
            var at = new long[part.Rank];
            for (int i = 0; i < to.Length; i++)
            {
                long rest = i, position = 0;
                for (int a = at.Length - 1; a >= 0; a--)
                    (rest, at[a]) = Math.DivRem(rest, part.Shape[a]);
                for (int a = 0; a < whole.Rank; a++)
                    position = position * whole.Shape[a] + target.Axes[a].Start.Evaluate(bindings)
                    + target.Axes[a].Steps.Sum(s => s.Step * at[s.DomainAxis]);
                to[i] = from[(int)position];
            }
            return true;
        }
    }
}
