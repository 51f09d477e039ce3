namespace Adjoint.Codegen;

/// <summary>Checks what a caller passes against what a computation takes, before anything runs.</summary>
internal static class ArgumentShapes
{
    /// <summary>Arguments with the ranks of the inputs: a flat array takes the input's shape where that is determined.</summary>
    /// <exception cref="ArgumentException">Number, dtype or rank does not fit.</exception>
    public static HostTensor[] Fit(Computation f, ReadOnlySpan<HostTensor> arguments)
    {
        if (arguments.Length != f.Inputs.Length)
            throw new ArgumentException($"computation '{f.Name}' takes {f.Inputs.Length} arguments " +
                $"({string.Join(", ", f.Inputs.Select(i => i.ToString()))}), got {arguments.Length}.");
        var fitted = new HostTensor[arguments.Length];
        for (int i = 0; i < fitted.Length; i++)
            fitted[i] = arguments[i].DType != f.Inputs[i].DType
                ? throw new ArgumentException($"argument {i} is {arguments[i]}, but {f.Inputs[i]} ({f.Inputs[i].Apply.Origin}) is expected.")
                : arguments[i].Rank == 1 && f.Inputs[i].Rank != 1 ? Unflatten(f.Inputs[i], i, arguments[i]) : arguments[i];
        return fitted;
    }

    /// <summary>Demands that result tensors fit and share no memory with each other or with arguments.</summary>
    /// <exception cref="ArgumentException">One does not.</exception>
    public static void CheckResults(Computation f, BoundPlan plan, HostTensor[] arguments, ReadOnlySpan<HostTensor> results)
    {
        if (results.Length != f.Outputs.Length)
            throw new ArgumentException($"computation '{f.Name}' has {f.Outputs.Length} outputs, got {results.Length} tensors to write to.");
        for (int i = 0; i < results.Length; i++)
        {
            var (name, value) = f.Outputs[i];
            if (results[i].DType != value.DType || results[i].Length != plan.Lengths[f.Inputs.Length + i])
                throw new ArgumentException($"output '{name}' is {value.DType}[{string.Join(", ", plan.OutputShapes[i])}], but is to be written to {results[i]}.");
            for (int other = 0; other < i; other++)
                if (ReferenceEquals(results[other].Data, results[i].Data))
                    throw new ArgumentException($"outputs '{f.Outputs[other].Name}' and '{name}' are to be written to the same array.");
            foreach (var argument in arguments)
                if (ReferenceEquals(argument.Data, results[i].Data))
                    throw new ArgumentException($"output '{name}' is to be written to an array that is also an argument.");
        }
    }

    // Static extents, and at most one symbol that the number of elements then determines.
    private static HostTensor Unflatten(Node input, int position, HostTensor flat)
    {
        var shape = new long[input.Rank];
        long known = 1;
        int open = -1;
        for (int a = 0; a < shape.Length; a++)
        {
            if (!input.Shape[a].TryConstant(out shape[a]))
                open = open < 0 ? a : throw new ArgumentException(
                    $"argument {position} is flat, but {input} has several symbolic axes; pass an array of {input.Rank} axes or HostTensor.From(array, shape).");
            else
                known *= shape[a];
        }
        if (open >= 0)
            shape[open] = known == 0 ? 0 : flat.Length / known;
        if (shape.Aggregate(1L, (n, d) => n * d) != flat.Length)
            throw new ArgumentException($"argument {position} has {flat.Length} elements, which do not fill {input} ({input.Apply.Origin}).");
        return HostTensor.From(flat.Data, shape);
    }
}
