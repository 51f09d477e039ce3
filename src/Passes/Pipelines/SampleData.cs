using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Random arguments for a computation: symbols get small extents, integers small values that serve as indices.</summary>
internal sealed class SampleData
{
    private readonly ImmutableArray<HostTensor> inputs;
    private readonly Dictionary<Variable, HostTensor> variables = [];
    private readonly IReadOnlyDictionary<string, long> bindings;

    private SampleData(Computation f, IReadOnlyDictionary<string, long> bindings, int seed)
    {
        this.bindings = bindings;
        var random = new Random(seed);
        inputs = [.. f.Inputs.Select(x => Fill(x.Type, bindings, random))];
        foreach (var variable in f.Variables)
            variables.Add(variable, Fill(variable.Type, bindings, random));
    }

    /// <summary>Draws arguments. The same seed gives the same data.</summary>
    public static SampleData For(Computation f, int seed) => new(f, Bind(f), seed);

    /// <summary>Outputs, then updates.</summary>
    public ImmutableArray<HostTensor> Evaluate(Computation f) => Reference.Roots(f, inputs, bindings, variables);

    // Different extents show more; equal ones, and round ones, satisfy what extents may have to satisfy.
    private static Dictionary<string, long> Bind(Computation f)
    {
        string[] symbols = [.. f.Inputs.SelectMany(x => x.Shape.Extents).SelectMany(d => d.Symbols).Distinct()];
        foreach (var extent in new Func<int, long>[] { i => 2 + i, i => 4 * (1 + i), _ => 3, _ => 4, _ => 8, _ => 12, _ => 64 })
        {
            var bound = new Dictionary<string, long>();
            for (int i = 0; i < symbols.Length; i++)
                bound.Add(symbols[i], extent(i));
            if (Fits(f, bound))
                return bound;
        }
        throw new ValidationException($"no small extents of {string.Join(", ", symbols)} satisfy what computation '{f.Name}' requires of them.");
    }

    private static bool Fits(Computation f, Dictionary<string, long> bound)
    {
        try
        {
            Bindings.Solve(f, (input, axis) => f.Inputs[input].Shape[axis].Evaluate(bound), bound);
            return f.Nodes.All(n => n.Shape.Evaluate(bound).All(extent => extent >= 0));
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static HostTensor Fill(TensorType type, IReadOnlyDictionary<string, long> bindings, Random random)
    {
        var tensor = HostTensor.Zeros(type.DType, type.Shape.Evaluate(bindings));
        type.DType.Visit(new Filler(tensor, random));
        return tensor;
    }

    private readonly struct Filler(HostTensor target, Random random) : IDTypeVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged
        {
            foreach (ref T x in target.Span<T>())
                x = target.DType.IsFloat ? Bits.FromDouble<T>(4 * random.NextDouble() - 2) : Bits.FromInt64<T>(random.Next(2));
            return true;
        }
    }
}
