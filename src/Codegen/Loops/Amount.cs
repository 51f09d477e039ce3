using System.Collections.Immutable;
using System.Globalization;

namespace Adjoint.Codegen;

/// <summary>An extent or stride in kernel code: a number, or a word of the argument block that a call's binding fills.</summary>
/// <param name="Constant">The number, if <paramref name="Word"/> is negative.</param>
/// <param name="Word">Position in the argument block.</param>
internal readonly record struct Amount(long Constant, int Word = -1)
{
    public bool IsConstant => Word < 0;

    public override string ToString() => IsConstant ? Constant.ToString(CultureInfo.InvariantCulture) : $"w{Word}";
}

/// <summary>Memory that a kernel needs beside tensors: values that wait for a later loop.</summary>
/// <param name="Bytes">Its size.</param>
internal sealed record Temporary(Dim Bytes)
{
    public bool Equals(Temporary? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>What fills one word of a kernel's argument block.</summary>
internal abstract record Argument;

/// <summary>The address of an element of a tensor's memory, or of a temporary.</summary>
/// <param name="Buffer">A <see cref="Node"/> that owns memory, or a <see cref="Temporary"/>.</param>
/// <param name="ByteOffset">From the start of that memory.</param>
internal sealed record MemoryArgument(object Buffer, Dim ByteOffset) : Argument;

/// <summary>A number that depends on the symbols of a call.</summary>
/// <param name="Value">The number.</param>
internal sealed record NumberArgument(Dim Value) : Argument;

/// <summary>The argument block of a kernel while its code is built.</summary>
/// <param name="first">What it has already, each once.</param>
internal sealed class ArgumentList(ImmutableArray<Argument> first = default)
{
    private readonly List<Argument> arguments = [.. first.IsDefault ? [] : first];
    private readonly Dictionary<Argument, int> words = first.IsDefault ? [] : first.Index().ToDictionary(a => a.Item, a => a.Index);

    public ImmutableArray<Argument> ToImmutable() => [.. arguments];

    /// <summary>The word that holds an address.</summary>
    public int Address(object buffer, Dim byteOffset) => Word(new MemoryArgument(buffer, byteOffset));

    /// <summary>A number, baked into the code where it is known.</summary>
    public Amount Number(Dim value) => value.TryConstant(out long constant) ? new(constant) : new(0, Word(new NumberArgument(value)));

    private int Word(Argument argument)
    {
        if (!words.TryGetValue(argument, out int word))
        {
            words.Add(argument, word = arguments.Count);
            arguments.Add(argument);
        }
        return word;
    }
}
