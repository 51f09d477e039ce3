namespace Adjoint;

/// <summary>Finds the numbers behind symbolic extents from the shapes of a call's arguments, and checks that they agree.</summary>
public static class Bindings
{
    /// <summary>Binds the symbols of a computation's inputs.</summary>
    /// <exception cref="ArgumentException">A rank, dtype or extent does not
    /// fit, or symbols conflict; names the input and both numbers.</exception>
    public static IReadOnlyDictionary<string, long> Solve(
        Computation f, IReadOnlyList<HostTensor> arguments, IReadOnlyDictionary<string, long>? given = null)
    {
        if (arguments.Count != f.Inputs.Length)
            throw new ArgumentException($"computation '{f.Name}' takes {f.Inputs.Length} arguments " +
                $"({string.Join(", ", f.Inputs.Select(i => i.ToString()))}), got {arguments.Count}.");
        for (int i = 0; i < arguments.Count; i++)
            if (arguments[i].DType != f.Inputs[i].DType || arguments[i].Rank != f.Inputs[i].Rank)
                throw new ArgumentException($"argument {i} is {arguments[i]}, but {f.Inputs[i]} ({f.Inputs[i].Apply.Origin}) is expected.");
        return Solve(f, (input, axis) => arguments[input].Shape[axis], given);
    }

    /// <summary>Binds the symbols of a computation's inputs, whose extents are given by a function of input and axis.</summary>
    /// <exception cref="ArgumentException">An extent does not fit or symbols conflict.</exception>
    public static IReadOnlyDictionary<string, long> Solve(
        Computation f, Func<int, int, long> extent, IReadOnlyDictionary<string, long>? given = null)
    {
        var bound = given is null ? [] : new Dictionary<string, long>(given);
        for (int i = 0; i < f.Inputs.Length; i++)
            for (int a = 0; a < f.Inputs[i].Rank; a++)
                if (f.Inputs[i].Shape[a].TrySolve(extent(i, a), out string symbol, out long value))
                    bound.TryAdd(symbol, value);
        for (int i = 0; i < f.Inputs.Length; i++)
            for (int a = 0; a < f.Inputs[i].Rank; a++)
                Check(f.Inputs[i], a, extent(i, a), bound);
        foreach (var requirement in f.Requirements)
            if (!requirement.Holds(bound))
                throw new ArgumentException(
                    $"{requirement.What}: {requirement.A} is {requirement.A.Evaluate(bound)}, {requirement.B} is {requirement.B.Evaluate(bound)}.");
        return bound;
    }

    private static void Check(Node input, int axis, long extent, Dictionary<string, long> bound)
    {
        var dim = input.Shape[axis];
        if (dim.Symbols.FirstOrDefault(s => !bound.ContainsKey(s)) is { } unbound)
            throw new ArgumentException($"{input} ({input.Apply.Origin}): axis {axis} is {extent}, but {dim} is declared, " +
                $"and no whole number '{unbound}' follows from the arguments.");
        if (dim.Evaluate(bound) != extent)
            throw new ArgumentException($"{input} ({input.Apply.Origin}): axis {axis} is {extent}, but {dim} " +
                (dim.IsConstant ? "is declared."
                    : $"is {dim.Evaluate(bound)} by other arguments ({string.Join(", ", bound.Select(b => $"{b.Key} = {b.Value}"))})."));
    }
}
