using System.Collections.Immutable;
using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Importing;

/// <summary>What an importer sees of one node: operands, attributes, what is known of them, and ways to refuse.</summary>
internal sealed partial class OnnxNode
{
    private readonly GraphImporter importer;
    private readonly NodeProto proto;
    private readonly Scope scope;
    private readonly string where;

    public OnnxNode(GraphImporter importer, NodeProto proto, Scope scope, long opset, string where)
    {
        (this.importer, this.proto, this.scope, this.where, Opset, Count) = (importer, proto, scope, where, opset,
            proto.Input.Count);
    }

    /// <summary>The version of the operator's domain that the file is written in.</summary>
    public long Opset { get; }

    /// <summary>How many operands the file lists, absent ones between them included.</summary>
    public int Count { get; }

    /// <summary>An operand that has to be there.</summary>
    /// <exception cref="OnnxException">It is not, or nothing has defined its name.</exception>
    public Node this[int input] => Optional(input) ?? throw Error($"input {input} is missing");

    /// <summary>Every operand; all have to be there.</summary>
    public ImmutableArray<Node> Inputs => [.. Enumerable.Range(0, Count).Select(i => this[i])];

    /// <summary>How many results the file names or counts.</summary>
    public int Outputs => proto.Output.Count;

    /// <summary>Whether the file uses a result.</summary>
    public bool Wants(int output) => output < proto.Output.Count && proto.Output[output].Length > 0;

    /// <summary>An operand, or null where the file leaves it out.</summary>
    public Node? Optional(int input) =>
        input < Count && proto.Input[input].Length > 0 ? Demand(scope, proto.Input[input], where) : null;

    /// <summary>A value by its name in the file.</summary>
    public Node Named(string name) => Demand(scope, name, where);

    /// <summary>The value of a name that earlier nodes must have defined.</summary>
    public static Node Demand(Scope scope, string name, string where) => scope.Find(name)
        ?? throw new OnnxException($"{where}: nothing before it defines '{name}'; nodes must be listed in order and without cycles.");

    /// <summary>An exception that names file and node.</summary>
    public OnnxException Error(string problem) => new($"{where}: {problem}.");

    /// <summary>An exception for what is sound but not supported.</summary>
    public OnnxException Unsupported(string what) => new($"{where}: {what} is not supported.") { IsUnsupported = true };

    /// <summary>An axis that may count from the end, as a non-negative number.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis)
        : throw Error($"there is no axis {axis} in {rank} axes");

    /// <summary>Axes that may count from the end.</summary>
    public Axes Axes(IEnumerable<long> axes, int rank)
    {
        Axes found = [.. axes.Take(rank + 1).Select(a => Axis(a, rank))];
        return found.Distinct().Count() == found.Count ? found : throw Error($"axes {found} repeat");
    }

    /// <summary>The element type behind a number of the file, widened if so asked.</summary>
    public DType DTypeOf(long code) => importer.State.Precision.Of(Reading.ElementTypes.Of(code, where));

    /// <summary>float32 of the file, in the precision asked for.</summary>
    public DType Float => importer.State.Precision.Of(DType.Float32);

    /// <summary>A key for this node's draws: of the options, or else of the file's seed.</summary>
    public RandomKey Key(double? seed)
    {
        var (given, number) = (importer.State.Options.Key, importer.State.NextDraw());
        return given is null && seed is { } known
            ? RandomKey.Of(BitConverter.DoubleToInt64Bits(known)) : (given ?? RandomKey.Of(0)).Fold(number);
    }

    /// <summary>Counts work that the number of nodes in the file does not bound.</summary>
    public void Charge(long nodes) => importer.State.Count(nodes);

    /// <summary>Imports a body on arguments.</summary>
    public ImmutableArray<Node> Body(GraphProto body, params ImmutableArray<Node> arguments) =>
        importer.Body(body, scope, arguments, where);
}
