using System.Numerics;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Value numbering: finds the application of an equal op to the same operands, if there was one before.</summary>
/// <remarks>Open addressing with linear probing. Operands compare by reference, since they have been numbered themselves.</remarks>
internal sealed class ValueTable
{
    private Slot[] slots;
    private readonly HashSet<Apply> replaced = [];
    private int count;

    /// <param name="capacity">About how many applications there will be.</param>
    public ValueTable(int capacity) => slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)(2 * capacity + 64))];

    private readonly record struct Slot(Apply? Value, int Hash, bool IsNew);

    /// <summary>
    /// Until <see cref="Replaced"/>, the application is no twin of one
    /// whose operands have changed places: that may be its replacement.
    /// </summary>
    public void Replacing(Apply apply) => replaced.Add(apply);

    /// <summary>Ends <see cref="Replacing"/>.</summary>
    public void Replaced(Apply apply) => replaced.Remove(apply);

    /// <summary>The twin of an application that may not exist yet; null if there is none.</summary>
    /// <param name="op">Its op.</param>
    /// <param name="x">Its operands.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="isNew">What <see cref="Add"/> was told of the twin.</param>
    public Apply? Find(Op op, ReadOnlySpan<Node> x, int hash, out bool isNew)
    {
        int mask = slots.Length - 1;
        for (int i = hash & mask; slots[i].Value is { } found; i = (i + 1) & mask)
            if (slots[i].Hash == hash && (SameOperands(found.Inputs.AsSpan(), x) || AreCommuted(op, found, x)) && op.Equals(found.Op))
            {
                isNew = slots[i].IsNew;
                return found;
            }
        isNew = false;
        return null;
    }

    /// <summary>Remembers an application that has no twin here.</summary>
    /// <param name="apply">The application.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="isNew">Whether it was just made and nobody else knows it.</param>
    public void Add(Apply apply, int hash, bool isNew)
    {
        if (++count * 2 > slots.Length)
            Grow();
        Insert(slots, new(apply, hash, isNew));
    }

    /// <summary>The hash of an application; the same for both orders of commuting operands.</summary>
    public static int Hash(Op op, ReadOnlySpan<Node> x)
    {
        if (x.Length == 2 && op.Commutes())
        {
            int a = x[0].GetHashCode(), b = x[1].GetHashCode();
            return Mix(op.GetHashCode(), Mix(a + b, a * b));
        }
        int hash = op.GetHashCode();
        foreach (var operand in x)
            hash = Mix(hash, operand.GetHashCode());
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
        var larger = new Slot[slots.Length * 2];
        foreach (var slot in slots)
            if (slot.Value is not null)
                Insert(larger, slot);
        slots = larger;
    }

    private static void Insert(Slot[] slots, Slot slot)
    {
        int mask = slots.Length - 1;
        int i = slot.Hash & mask;
        while (slots[i].Value is not null)
            i = (i + 1) & mask;
        slots[i] = slot;
    }
}
