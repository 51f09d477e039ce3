using Adjoint.Onnx.Reading;
using Adjoint.Onnx.Schema;
using Google.Protobuf;

namespace Adjoint.Onnx;

/// <summary>Single tensors in ONNX's format, as test data of models comes (<c>input_0.pb</c>).</summary>
public static class OnnxTensor
{
    /// <summary>Reads a file that holds one tensor.</summary>
    /// <exception cref="OnnxException">The file is damaged or its element type is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static HostTensor Read(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads a tensor from memory; <paramref name="name"/> is what messages call it.</summary>
    /// <exception cref="OnnxException">The bytes are damaged or the element type is not supported.</exception>
    public static HostTensor Parse(ReadOnlySpan<byte> bytes, string name = "tensor")
    {
        try
        {
            return new TensorReader(name, new(null, 0)).Read(TensorProto.Parser.ParseFrom(bytes));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArithmeticException or ArgumentException)
        {
            throw new OnnxException($"{name} is no tensor file: {e.Message}", e);
        }
    }

    /// <summary>The bytes of a file that holds one tensor.</summary>
    public static byte[] ToBytes(HostTensor tensor, string name = "") => Encode(tensor, name).ToByteArray();

    internal static TensorProto Encode(HostTensor tensor, string name) => new()
    {
        Name = name,
        DataType = ElementTypes.CodeOf(tensor.DType),
        Dims = { tensor.Shape.ToArray() },
        RawData = ByteString.CopyFrom(tensor.Bytes),
    };
}
