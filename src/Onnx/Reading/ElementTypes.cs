namespace Adjoint.Onnx.Reading;

/// <summary>The format's numbers for element types, and which of them tensors here can have.</summary>
internal static class ElementTypes
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [1] = "float32", [2] = "uint8", [3] = "int8", [4] = "uint16", [5] = "int16", [6] = "int32", [7] = "int64",
            [8] = "string", [9] = "bool",
        [10] = "float16", [11] = "float64", [12] = "uint32", [13] = "uint64", [14] = "complex64", [15] = "complex128",
            [16] = "bfloat16",
        [17] = "float8e4m3fn", [18] = "float8e4m3fnuz", [19] = "float8e5m2", [20] = "float8e5m2fnuz", [21] = "uint4",
            [22] = "int4", [23] = "float4e2m1",
    };

    private static readonly Dictionary<int, DType> Supported =
        (from name in Names join dtype in DType.All on name.Value equals dtype.Name select (name.Key, dtype)).ToDictionary();

    /// <summary>The element type behind a number.</summary>
    /// <exception cref="OnnxException">It is unknown, or no tensor here has such elements.</exception>
    public static DType Of(long code, string what)
    {
        if (code is >= 0 and <= int.MaxValue && Supported.TryGetValue((int)code, out var dtype))
            return dtype;
        string name = code is >= 0 and <= int.MaxValue && Names.TryGetValue((int)code, out string? known)
            ? known : $"number {code}";
        throw new OnnxException($"{what}: elements of type {name} are not supported; there are {string.Join(", ", DType.All)}.") { IsUnsupported = true };
    }

    /// <summary>The number of an element type.</summary>
    public static int CodeOf(DType dtype) => Supported.First(s => s.Value == dtype).Key;
}
