using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Importing;

/// <summary>Which version of each domain a model or function is written in.</summary>
internal sealed class Opsets
{
    private readonly Dictionary<string, long> versions = new(StringComparer.Ordinal);

    public Opsets(IEnumerable<OperatorSetProto> imports, string file)
    {
        foreach (var import in imports)
            versions[Normal(import.Domain)] = import.Version;
        if (versions.TryGetValue("", out long version) && version is < 1 or > OperatorTable.NewestOpset)
            throw new OnnxException($"{file} is written in operator set {version}; 1 to {OperatorTable.NewestOpset} can be imported.") { IsUnsupported = true };
    }

    /// <summary>The version of a domain; 1 where the file, as the oldest do, names none.</summary>
    public long Of(string domain) => versions.GetValueOrDefault(domain, 1);

    /// <summary>A domain's name with the two spellings of ONNX's own made one.</summary>
    public static string Normal(string domain) => domain == "ai.onnx" ? "" : domain;
}
