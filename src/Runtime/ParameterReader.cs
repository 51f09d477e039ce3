using System.Collections.Immutable;
using System.Text;
using Entry = Adjoint.ParameterSnapshot.Entry;

namespace Adjoint.Runtime;

/// <summary>Reads <see cref="ParameterFormat"/> and trusts nothing: an entry must match a parameter that the store has
/// before memory is set aside for it, so a hostile length costs nothing.</summary>
internal sealed class ParameterReader(BinaryReader reader, string source, ImmutableArray<ParameterBuffer> expected)
{
    private readonly Dictionary<string, ParameterBuffer> missing =
        expected.ToDictionary(b => b.Name, StringComparer.Ordinal);
    private string place = "header";

    /// <exception cref="InvalidDataException">Names the source and the entry.</exception>
    public ParameterSnapshot Read()
    {
        try
        {
            uint count = ReadHeader();
            var entries = ImmutableArray.CreateBuilder<Entry>();
            for (uint i = 0; i < count; i++) entries.Add(ReadEntry(i));
            place = "end";
            Require(missing.Count == 0, $"no entry for {string.Join(", ", missing.Keys.Take(20))}");
            Require(reader.ReadBytes(4).AsSpan().SequenceEqual(ParameterFormat.EndMark.AsSpan()), "it is cut off");
            return new ParameterSnapshot(entries.ToImmutable());
        }
        catch (EndOfStreamException)
        {
            throw Bad("it is cut off");
        }
    }

    private uint ReadHeader()
    {
        Require(reader.ReadBytes(8).AsSpan().SequenceEqual(ParameterFormat.Magic.AsSpan()), "not a parameter file");
        uint version = reader.ReadUInt32();
        const int Known = ParameterFormat.Version;
        Require(version == Known, $"version {version}, but only version {Known} can be read");
        return reader.ReadUInt32();
    }

    private Entry ReadEntry(uint index)
    {
        place = $"entry {index}";
        string name = ReadName();
        place = $"entry {index} ('{name}')";
        Require(missing.Remove(name, out var target), "no such parameter in the store, or a second entry for it");
        RequireType(target!.Type);
        byte[] bytes = new byte[target.ByteLength];
        reader.BaseStream.ReadExactly(bytes);

        // Kernels take a bool to be 0 or 1; any other byte would be undefined behaviour let in by a file.
        bool isBool = target.ElementType == typeof(bool);
        Require(!isBool || !bytes.AsSpan().ContainsAnyExceptInRange<byte>(0, 1), "a bool that is neither 0 nor 1");
        return new Entry(name, target.Type, bytes);
    }

    private string ReadName()
    {
        byte[] bytes = new byte[reader.ReadUInt16()];
        reader.BaseStream.ReadExactly(bytes);
        try
        {
            return ParameterFormat.Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Bad("its name is not UTF-8");
        }
    }

    private void RequireType(ParameterType wanted)
    {
        byte code = reader.ReadByte();
        var kind = ElementKind.Of(code);
        Require(kind is not null, $"unknown element type {code}");
        int rank = reader.ReadByte();
        Require(rank <= ParameterType.MaxRank, $"rank {rank}");
        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++) shape[i] = reader.ReadInt64();
        Require(kind == wanted.Kind && wanted.Shape.AsSpan().SequenceEqual(shape),
            $"{kind!.Name}[{string.Join(", ", shape)}], but the store's parameter is {wanted}");
    }

    private void Require(bool holds, string problem)
    {
        if (!holds) throw Bad(problem);
    }

    private InvalidDataException Bad(string problem) => new($"{source}, {place}: {problem}.");
}
