using Adjoint.Onnx.Schema;
using Google.Protobuf;
using Kind = Adjoint.Onnx.Schema.AttributeProto.Types.Kind;

namespace Adjoint.Onnx.Tests;

/// <summary>Small model files built in code.</summary>
internal sealed class ModelBuilder(long opset)
{
    public ModelProto Model { get; } = new() { IrVersion = 8, Graph = new() { Name = "test" },
        OpsetImport = { new OperatorSetProto { Version = opset } } };

    public byte[] Bytes => Model.ToByteArray();

    public ModelBuilder Input(string name, int type, params object[] extents)
    {
        Model.Graph.Input.Add(Declared(name, type, extents));
        return this;
    }

    public ModelBuilder Weight(string name, HostTensor values)
    {
        Model.Graph.Initializer.Add(OnnxTensor.Encode(values, name));
        return this;
    }

    /// <summary>A node written as <c>y, z = Split(x) axis=1</c> would be read.</summary>
    public ModelBuilder Node(string outputs, string type, string inputs, params (string Name, object Value)[] attributes)
    {
        Model.Graph.Node.Add(Apply(outputs, type, inputs, attributes));
        return this;
    }

    public ModelBuilder Output(params string[] names)
    {
        Model.Graph.Output.AddRange(names.Select(n => new ValueInfoProto { Name = n }));
        return this;
    }

    public OnnxModel Import(OnnxOptions? options = null) => OnnxModel.Load(new MemoryStream(Bytes), options, "test.onnx");

    /// <summary>The first result for the given arguments, through compiled code.</summary>
    public HostTensor Run(params HostTensor[] arguments) => Import().Computation.Compile().Run(arguments)[0];

    public static NodeProto Apply(string outputs, string type, string inputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = type };
        node.Input.AddRange(Names(inputs));
        node.Output.AddRange(Names(outputs));
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        return node;
    }

    public static ValueInfoProto Declared(string name, int type, params object[] extents)
    {
        var shape = new ShapeProto();
        shape.Dim.AddRange(extents
            .Select(e => e is string symbol
            ? new ShapeProto.Types.Extent { DimParam = symbol } : new ShapeProto.Types.Extent { DimValue = (int)e }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = shape } } };
    }

    public static AttributeProto Attribute(string name, object value)
    {
        var a = new AttributeProto { Name = name };
        switch (value)
        {
            case int i: (a.I, a.Type) = (i, (int)Kind.Int); break;
            case float f: (a.F, a.Type) = (f, (int)Kind.Float); break;
            case string s: (a.S, a.Type) = (ByteString.CopyFromUtf8(s), (int)Kind.String); break;
            case long[] ints: a.Ints.AddRange(ints); a.Type = (int)Kind.Ints; break;
            case GraphProto g: (a.G, a.Type) = (g, (int)Kind.Graph); break;
            case HostTensor t: (a.T, a.Type) = (OnnxTensor.Encode(t, ""), (int)Kind.Tensor); break;
            default: throw new ArgumentException($"no attribute is a {value.GetType()}");
        }
        return a;
    }

    private static IEnumerable<string> Names(string list) =>
        list.Length == 0 ? [] : list.Split(',', StringSplitOptions.TrimEntries);
}

/// <summary>Numbers of the format for element types.</summary>
internal static class ElementType
{
    public const int Float = 1, Int64 = 7, Bool = 9;
}
