using System.Collections.Frozen;
using Adjoint.Onnx.Importers;

namespace Adjoint.Onnx.Importing;

/// <summary>Every operator that can be imported: the themes' tables as one.</summary>
internal static class OperatorTable
{
    /// <summary>The newest version of ONNX's own operators that importers were written for.</summary>
    public const int NewestOpset = 28;

    private static readonly FrozenDictionary<(string Domain, string Operator), Importer[]> Importers =
        new IEnumerable<Importer>[]
        {
            Arithmetic.All, Activations.All, Comparisons.All, Reductions.All, Layout.All, Slices.All, Shapes.All,
            Contractions.All, Softmaxes.All, Indexing.All, Selections.All, Convolutions.All, Pools.All, Normalisations.All,
            Losses.All, Recurrents.All, Attentions.All, FlexAttention.All, Sequences.All, ControlFlow.All, Randoms.All,
            Quantised.All, Resize.All, Grids.All, Regions.All, Spectral.All, Training.All,
        }.SelectMany(theme => theme).GroupBy(i => (i.Domain, i.Operator)).ToFrozenDictionary(g => g.Key, g => g.ToArray());

    /// <summary>The operators of a domain, in alphabetical order.</summary>
    public static IEnumerable<string> Operators(string domain = "") =>
        Importers.Keys.Where(k => k.Domain == domain).Select(k => k.Operator).Order(StringComparer.Ordinal);

    /// <summary>The importer of an operator in a version, or null.</summary>
    public static Importer? Find(string domain, string name, long version) =>
        Importers.TryGetValue((domain, name), out var found)
            ? Array.Find(found, i => version >= i.Since && version <= i.Until) : null;
}
