using System.Collections.Immutable;
using System.Text;

namespace Adjoint;

/// <summary>A graph that cannot be built, differentiated or compiled. The message names op, operands, lines and a way out.</summary>
public sealed class GraphException : Exception
{
    /// <inheritdoc/>
    public GraphException(string message) : base(message) { }

    /// <inheritdoc/>
    public GraphException(string message, Exception inner) : base(message, inner) { }

    /// <inheritdoc/>
    public GraphException() { }

    /// <summary>The message for an op that refuses its operands.</summary>
    /// <param name="op">The op.</param>
    /// <param name="inputs">Its operands.</param>
    /// <param name="origin">Where it is applied.</param>
    /// <param name="problem">What is wrong, naming axes and extents.</param>
    /// <param name="fix">What to write instead.</param>
    public static GraphException For(Op op, ImmutableArray<Node> inputs, Origin origin, string problem, string fix) =>
        For(op.Name, inputs, origin, problem, fix);

    /// <summary>The message for a composite that refuses its operands before there is an op.</summary>
    internal static GraphException For(string name, ImmutableArray<Node> inputs, Origin origin, string problem, string fix)
    {
        var text = new StringBuilder($"{name}: {problem}.\n");
        for (int i = 0; i < inputs.Length; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  x[{i}]  {inputs[i]}   {inputs[i].Apply.Origin}\n");
        return new(text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  at    {origin}\n  fix   {fix}.").ToString());
    }
}

/// <summary>What an op sees while its result types are inferred: operands, and ways to demand and to refuse.</summary>
public sealed class Inference
{
    private readonly Op op;
    private readonly Origin origin;
    private List<Requirement>? requirements;

    internal Inference(Op op, ImmutableArray<Node> inputs, Origin origin)
    {
        (this.op, Inputs, this.origin) = (op, inputs, origin);
        if (op is Operations.Contraction or Operations.Routine && inputs.FirstOrDefault(x => x.DType.IsByte) is { } small)
            throw Error($"it computes with 4 or 8 bytes per element, {small} has 1", "convert it first, e.g. Convert(x, DType.Int32)");
    }

    /// <summary>The operands.</summary>
    public ImmutableArray<Node> Inputs { get; }

    /// <summary>Number of operands.</summary>
    public int Count => Inputs.Length;

    internal ImmutableArray<Requirement> Requirements => requirements is null ? [] : [.. requirements];

    /// <summary>The type of an operand.</summary>
    public TensorType this[int input] => Inputs[input].Type;

    /// <summary>The exception to throw: op, problem, operands with their lines, the line of the application, a fix.</summary>
    public GraphException Error(string problem, string fix) => GraphException.For(op, Inputs, origin, problem, fix);

    /// <summary>Demands a number of operands.</summary>
    /// <exception cref="GraphException">There are more or fewer.</exception>
    public void Arity(int count)
    {
        if (Count != count)
            throw Error($"takes {count} operands, got {Count}", "pass exactly its operands");
    }

    /// <summary>Demands that two extents are equal: now if that can be decided, else when a call binds the symbols.</summary>
    /// <param name="a">One extent.</param>
    /// <param name="b">The other.</param>
    /// <param name="what">The problem if they are not: names both axes and extents.</param>
    /// <param name="fix">What to write instead.</param>
    /// <exception cref="GraphException">They can never be equal.</exception>
    public void Require(Dim a, Dim b, string what, string fix)
    {
        if (a == b)
            return;
        if ((a - b).IsConstant)
            throw Error(what, fix);
        (requirements ??= []).Add(new(a, b, $"{op.Name} at {origin}: {what}"));
    }

    /// <summary>
    /// Demands that one extent or position does not exceed another:
    /// now if that can be decided, else when a call binds the symbols.
    /// </summary>
    /// <exception cref="GraphException">It does, whatever the symbols.</exception>
    public void RequireAtMost(Dim a, Dim b, string what, string fix)
    {
        if (!(b - a).TryConstant(out long room))
            (requirements ??= []).Add(new(a, b, $"{op.Name} at {origin}: {what}", Relation.AtMost));
        else if (room < 0)
            throw Error($"{what}: {a} exceeds {b}", fix);
    }

    /// <summary>Demands that an operand has one of the given kinds of elements.</summary>
    /// <exception cref="GraphException">It has not.</exception>
    public void RequireDType(int input, Func<DType, bool> accepts, string kinds)
    {
        if (!accepts(this[input].DType))
            throw Error($"x[{input}] is {this[input].DType}, but must be {kinds}", "convert it first, e.g. Convert(x, DType.Float32)");
    }

    /// <summary>Demands equal dtypes of operands <paramref name="a"/> and <paramref name="b"/>.</summary>
    /// <exception cref="GraphException">They differ.</exception>
    public void RequireSameDType(int a, int b)
    {
        if (this[a].DType != this[b].DType)
            throw Error($"element types differ: x[{a}] is {this[a].DType}, x[{b}] is {this[b].DType}",
                $"nothing is promoted silently; convert one, e.g. Convert(x, DType.{this[a].DType.ClrTypeName()})");
    }

    /// <summary>Demands equal shapes of operands <paramref name="a"/> and <paramref name="b"/>.</summary>
    /// <exception cref="GraphException">They can never be equal.</exception>
    public void RequireSameShape(int a, int b)
    {
        if (this[a].Rank != this[b].Rank)
            throw Error($"ranks differ: x[{a}] has {this[a].Rank} axes, x[{b}] has {this[b].Rank}", "reshape or broadcast one");
        if (this[a].Shape == this[b].Shape)
            return;
        for (int axis = 0; axis < this[a].Rank; axis++)
            Require(this[a].Shape[axis], this[b].Shape[axis],
                $"x[{a}] and x[{b}] differ on axis {axis}: {this[a].Shape[axis]} against {this[b].Shape[axis]}",
                "reshape or broadcast one");
    }

    /// <summary>An axis that may count from the end, as a non-negative number.</summary>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public int Axis(int axis, int rank) => axis >= -rank && axis < rank ? (axis < 0 ? axis + rank : axis)
        : throw Error($"there is no axis {axis} in {rank} axes", $"use {-rank} to {rank - 1}");
}

internal static class DTypeNames
{
    /// <summary>The member of <see cref="DType"/> that names a type: <c>Float32</c>.</summary>
    public static string ClrTypeName(this DType dtype) => char.ToUpperInvariant(dtype.Name[0]) + dtype.Name[1..];
}
