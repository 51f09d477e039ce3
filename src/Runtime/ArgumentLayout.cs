using System.Collections.Immutable;

namespace Adjoint.Runtime;

/// <summary>The argument blocks of all steps of a plan as one run of words: what is known beforehand stands in a
/// template, and short lists say which words wait for the arena and which for the call.</summary>
internal sealed unsafe class ArgumentLayout
{
    private readonly long[] template;
    private readonly Patch[] arena;
    private readonly Patch[] addresses;
    private readonly Patch[] inlined;

    /// <summary>One word that is filled late: which, from which external, at which byte offset.</summary>
    private readonly record struct Patch(int Word, int External, long Offset);

    public ArgumentLayout(
        ImmutableArray<Step> steps,
        ImmutableArray<bool> inlineExternals,
        ImmutableArray<NativeBuffer> constants,
        ImmutableArray<ParameterBuffer> parameters)
    {
        ImmutableArray<ArgWord> words = [.. steps.SelectMany(step => step.Args)];
        template = [.. words.Select(word => word.Value + word.Kind switch
        {
            ArgKind.Constant => constants[word.Index].Address,
            ArgKind.Parameter => parameters[word.Index].Address,
            _ => 0,
        })];
        arena = PatchesOf(words, w => w.Kind == ArgKind.Arena);
        addresses = PatchesOf(words, w => w.Kind == ArgKind.External && !inlineExternals[w.Index]);
        inlined = PatchesOf(words, w => w.Kind == ArgKind.External && inlineExternals[w.Index]);
    }

    /// <summary>Whether no word waits for a call.</summary>
    public bool IsClosed => addresses.Length + inlined.Length == 0;

    /// <summary>Words of all blocks together.</summary>
    public int WordCount => template.Length;

    /// <summary>Fills the words that stay the same from call to call.</summary>
    public void Prepare(long* block, long arenaAddress)
    {
        template.AsSpan().CopyTo(new Span<long>(block, template.Length));
        foreach (var patch in arena) block[patch.Word] = arenaAddress + patch.Offset;
    }

    /// <summary>Fills the words that refer to the inputs and outputs of one call.</summary>
    public void Bind(long* block, long* externals)
    {
        foreach (var patch in addresses) block[patch.Word] = externals[patch.External] + patch.Offset;
        foreach (var patch in inlined) block[patch.Word] = (long)(externals + patch.External) + patch.Offset;
    }

    private static Patch[] PatchesOf(ImmutableArray<ArgWord> words, Func<ArgWord, bool> chosen) =>
        [.. words.Select((w, i) => (w, i)).Where(x => chosen(x.w)).Select(x => new Patch(x.i, x.w.Index, x.w.Value))];
}
