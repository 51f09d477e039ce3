using System.Text.RegularExpressions;
using Adjoint.Onnx.Reading;
using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Importing;

/// <summary>Types as files declare them: numbers, names, or nothing per extent.</summary>
internal static partial class Declarations
{
    /// <summary>What a file says of a value. An extent without number or name gets a name of its own.</summary>
    public static OnnxValue Of(ValueInfoProto value)
    {
        var tensor = value.Type?.TensorType;
        var shape = tensor?.Shape is { } s ? Shape.Of(s.Dim.Select((d, axis) => Extent(d, value.Name, axis))) : null;
        return new(value.Name, DTypeOf(tensor?.ElemType ?? 0), shape);
    }

    private static DType? DTypeOf(int code)
    {
        try
        {
            return ElementTypes.Of(code, "");
        }
        catch (OnnxException)
        {
            return null;
        }
    }

    private static Dim Extent(ShapeProto.Types.Extent d, string name, int axis) =>
        d.ValueCase == ShapeProto.Types.Extent.ValueOneofCase.DimValue && d.DimValue >= 0 ? Dim.Of(d.DimValue)
        : d.ValueCase == ShapeProto.Types.Extent.ValueOneofCase.DimParam && d.DimParam.Length > 0 ? Dim.Symbol(Symbol(d.DimParam))
        : Dim.Symbol(Symbol($"{name}_{axis}"));

    // A symbol is a word, so that the text of an expression stays unambiguous.
    private static string Symbol(string name)
    {
        string word = NoWord().Replace(name, "_");
        return word.Length > 0 && char.IsAsciiDigit(word[0]) ? $"_{word}" : word;
    }

    [GeneratedRegex("[^A-Za-z0-9_.]")]
    private static partial Regex NoWord();
}
