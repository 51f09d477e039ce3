using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Value numbering: finds the application of an equal op to the same operands, if there was one before.</summary>
/// <remarks>Open addressing with linear probing. Operands compare by reference, since they have been numbered themselves.</remarks>
internal sealed class ValueTable
{
    private (int Hash, Apply? Value)[] slots = new (int, Apply?)[64];
    private readonly HashSet<Apply> replaced = [];
    private int count;

    /// <summary>
    /// Until <see cref="Replaced"/>, the application is no twin of one
    /// whose operands have changed places: that may be its replacement.
    /// </summary>
    public void Replacing(Apply apply) => replaced.Add(apply);

    /// <summary>Ends <see cref="Replacing"/>.</summary>
    public void Replaced(Apply apply) => replaced.Remove(apply);

    /// <summary>The twin of an application that may not exist yet; null if there is none.</summary>
    public Apply? Find(Op op, ReadOnlySpan<Node> x, int hash)
    {
        int mask = slots.Length - 1;
        for (int i = hash & mask; slots[i].Value is { } found; i = (i + 1) & mask)
            if (slots[i].Hash == hash && (SameOperands(found.Inputs.AsSpan(), x) || AreCommuted(op, found, x)) && op.Equals(found.Op))
                return found;
        return null;
    }

    /// <summary>Remembers an application that has no twin here.</summary>
    public void Add(Apply apply, int hash)
    {
        if (++count * 2 > slots.Length)
            Grow();
        Insert(slots, apply, hash);
    }

    /// <summary>The hash of an application; the same for both orders of commuting operands.</summary>
    public static int Hash(Op op, ReadOnlySpan<Node> x)
    {
        if (x.Length == 2 && op.Commutes())
            return Mix(op.GetHashCode(), RuntimeHelpers.GetHashCode(x[0]) + RuntimeHelpers.GetHashCode(x[1]));
        int hash = op.GetHashCode();
        foreach (var operand in x)
            hash = Mix(hash, RuntimeHelpers.GetHashCode(operand));
        return hash;
    }

    private static int Mix(int a, int b)
    {
        uint h = ((uint)a ^ (uint)b * 0x9E3779B1u) * 0x85EBCA6Bu;
        return (int)(h ^ (h >> 15));
    }

    private static bool SameOperands(ReadOnlySpan<Node> a, ReadOnlySpan<Node> b)
    {
        if (a.Length != b.Length)
            return false;
        for (int i = 0; i < a.Length; i++)
            if (!ReferenceEquals(a[i], b[i]))
                return false;
        return true;
    }

    private bool AreCommuted(Op op, Apply found, ReadOnlySpan<Node> x) =>
        found.Inputs is [var a, var b] && x is [var c, var d] && ReferenceEquals(a, d) && ReferenceEquals(b, c)
        && op.Commutes() && !replaced.Contains(found);

    private void Grow()
    {
        var larger = new (int, Apply?)[slots.Length * 2];
        foreach (var (hash, value) in slots)
            if (value is not null)
                Insert(larger, value, hash);
        slots = larger;
    }

    private static void Insert((int Hash, Apply? Value)[] slots, Apply apply, int hash)
    {
        int mask = slots.Length - 1;
        int i = hash & mask;
        while (slots[i].Value is not null)
            i = (i + 1) & mask;
        slots[i] = (hash, apply);
    }
}
