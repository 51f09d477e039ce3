using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>
/// A hash of everything that compilation sees of a computation: ops with their attributes, who reads whom, names, scopes and
/// the user's lines. Two graphs that the same code built have the same one.
/// </summary>
internal sealed class StructuralHash
{
    private readonly Dictionary<Computation, int> bodies = new(ReferenceEqualityComparer.Instance);

    /// <summary>The hash; linear in nodes and edges.</summary>
    public static int Of(Computation f) => new StructuralHash().Hash(f);

    private int Hash(Computation f)
    {
        if (bodies.TryGetValue(f, out int known))
            return known;
        var numbers = new Dictionary<Apply, int>(f.Applies.Length);
        var hash = default(HashCode);
        hash.Add(f.Name);
        foreach (var apply in f.Applies)
        {
            hash.Add(Hash(apply.Op));
            hash.Add(apply.Scope);
            hash.Add(apply.Origin.IdentityHash);
            foreach (var x in apply.Inputs)
                hash.Add(numbers[x.Apply]);
            numbers.Add(apply, numbers.Count);
        }
        foreach (var root in f.Roots)
            hash.Add(numbers[root.Apply]);
        return bodies[f] = hash.ToHashCode();
    }

    // Variables and bodies are objects: what counts is what they say.
    private int Hash(Op op)
    {
        if (op is VariableRead read)
            return HashCode.Combine(read.Key, read.Variable.Type);
        var owned = op.Bodies;
        if (owned.IsEmpty)
            return op.GetHashCode();
        int hash = HashCode.Combine(op.GetType(), op.Name);
        foreach (var body in owned)
            hash = HashCode.Combine(hash, Hash(body));
        return hash;
    }
}
