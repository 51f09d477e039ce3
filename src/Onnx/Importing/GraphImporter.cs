using System.Collections.Immutable;
using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Importing;

/// <summary>
/// Imports the nodes of one graph, body or function, in the order of the file, which must define before it uses.
/// </summary>
/// <param name="State">What the whole import shares.</param>
/// <param name="Opsets">The versions in force.</param>
/// <param name="Depth">How many functions and bodies are around.</param>
internal sealed record GraphImporter(ImportState State, Opsets Opsets, int Depth = 0)
{
    private const int MaxDepth = 60;

    /// <summary>Imports nodes; their results become names of the scope.</summary>
    public void Run(IEnumerable<NodeProto> nodes, Scope scope)
    {
        foreach (var node in nodes)
            Run(node, scope);
    }

    /// <summary>Defines a graph's weights.</summary>
    public void DefineWeights(GraphProto graph, Scope scope, Func<TensorProto, HostTensor, Node> weight)
    {
        foreach (var tensor in graph.Initializer)
            scope.Define(tensor.Name, weight(tensor, State.Read(tensor)));
        foreach (var sparse in graph.SparseInitializer)
            scope.Define(sparse.Values?.Name ?? "",
                Ops.Constant(State.Precision.Of(State.Tensors.Read(sparse, State.Options.MaxBytes))));
    }

    /// <summary>Imports a body: a graph that sees the names around it.</summary>
    /// <exception cref="OnnxException">The number of arguments does not fit, or an output is not defined.</exception>
    public ImmutableArray<Node> Body(GraphProto body, Scope around, ImmutableArray<Node> arguments, string where)
    {
        var inner = Inside(where);
        var scope = new Scope(around);
        inner.DefineWeights(body, scope, (_, values) => Ops.Constant(values));
        if (arguments.Length != body.Input.Count)
            throw new OnnxException($"{where}: its body takes {body.Input.Count} inputs, it is given {arguments.Length}.");
        for (int i = 0; i < arguments.Length; i++)
            scope.Define(body.Input[i].Name, arguments[i]);
        inner.Run(body.Node, scope);
        return [.. body.Output
            .Select(o => scope.Find(o.Name)
            ?? throw new OnnxException($"{where}: its body never defines its output '{o.Name}'."))];
    }

    private void Run(NodeProto proto, Scope scope)
    {
        State.Count(1);
        string where = $"{State.File.Name}: node {Describe(proto)}";
        using var origin = Origin.Under(Origin.At(where, 0));
        using var name = NameScope.Set(State.Options.Scopes && !string.IsNullOrWhiteSpace(proto.Name)
            ? Nested(proto.Name) : NameScope.Current);
        Define(proto, scope, Results(proto, scope, where), where);
    }

    private ImmutableArray<Node> Results(NodeProto proto, Scope scope, string where)
    {
        try
        {
            string domain = Opsets.Normal(proto.Domain);
            if (State.Functions.TryGetValue((domain, proto.OpType), out var function))
                return Inline(function, proto, scope, where);
            return (Find(domain, proto.OpType) ?? throw Unknown(domain, proto, where))
                .Import(new OnnxNode(this, proto, scope, Opsets.Of(domain), where));
        }
        catch (Exception e) when (IsOfFile(e))
        {
            throw new OnnxException($"{where}: {e.Message}", e);
        }
    }

    /// <summary>Whether an exception says that what a file asks for does not work, rather than that something broke.</summary>
    public static bool IsOfFile(Exception e) =>
        e is GraphException or ArgumentException or ArithmeticException or InvalidOperationException
        or IndexOutOfRangeException or KeyNotFoundException or NotSupportedException or FormatException or InvalidCastException;

    private Importer? Find(string domain, string name) => OperatorTable.Find(domain, name, Opsets.Of(domain));

    private OnnxException Unknown(string domain, NodeProto proto, string where)
    {
        string version = $"version {Opsets.Of(domain)} of {(domain.Length == 0 ? "the ONNX operators" : $"domain '{domain}'")}";
        return new($"{where}: there is no importer for {proto.OpType} in {version}.") { IsUnsupported = true };
    }

    private ImmutableArray<Node> Inline(FunctionProto function, NodeProto call, Scope scope, string where)
    {
        var inner = Inside(where) with { Opsets = new(function.OpsetImport, State.File.Name) };
        var attributes = function.AttributeProto.ToDictionary(a => a.Name, StringComparer.Ordinal);
        foreach (var attribute in call.Attribute)
            attributes[attribute.Name] = OnnxNode.Resolve(attribute, scope) ?? attribute;
        var body = new Scope { Attributes = attributes };
        for (int i = 0; i < Math.Min(function.Input.Count, call.Input.Count); i++)
            if (call.Input[i].Length > 0)
                body.Define(function.Input[i], OnnxNode.Demand(scope, call.Input[i], where));
        inner.Run(function.Node, body);
        return [.. function.Output.Take(call.Output.Count)
            .Select(o => body.Find(o)
            ?? throw new OnnxException($"{where}: function {function.Name} never defines its output '{o}'."))];
    }

    private GraphImporter Inside(string where) => Depth < MaxDepth ? this with { Depth = Depth + 1 }
        : throw new OnnxException($"{where}: functions and bodies are nested more than {MaxDepth} deep, or call themselves.");

    // The text of an extent grows with every rounded division of it; models stay far below.
    private const int MaxExtentText = 4000, MaxRank = 64;

    private static void Define(NodeProto proto, Scope scope, ImmutableArray<Node> results, string where)
    {
        if (results.Any(r => r.Rank > MaxRank || r.Shape.Any(d => !d.IsConstant && d.ToString().Length > MaxExtentText)))
            throw new OnnxException($"{where}: its result has more than {MaxRank} axes, or an extent whose formula has more than {MaxExtentText} characters.");
        for (int i = 0; i < proto.Output.Count; i++)
            if (proto.Output[i].Length > 0)
            {
                if (i >= results.Length)
                    throw new OnnxException($"{where}: output {i} ('{proto.Output[i]}') is not supported; there are {results.Length}.") { IsUnsupported = true };
                if (!scope.Define(proto.Output[i], results[i]))
                    throw new OnnxException($"{where}: the name '{proto.Output[i]}' is defined twice.");
            }
    }

    private static string Nested(string name) => NameScope.Current.Length == 0 ? name : $"{NameScope.Current}/{name}";

    private static string Describe(NodeProto proto) =>
        proto.Name.Length > 0
            ? $"'{proto.Name}' ({proto.OpType})" : $"{proto.OpType} -> {string.Join(", ", proto.Output.Take(3))}";
}
