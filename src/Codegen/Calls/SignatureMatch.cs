using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Reflection;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Matches a delegate type with a computation. Parameters take inputs in order, then outputs; a struct takes the inputs or outputs
/// that its members, and those of structs in it, are called after; a tuple takes the next ones; a return value takes the first outputs.
/// </summary>
internal sealed class SignatureMatch(Computation f, Type type)
{
    private readonly List<Node> inputs = [.. f.Inputs];                                  // not passed yet
    private readonly List<(string Name, Node Value)> outputs = [.. f.Outputs.Select(o => (o.Name!, o.Value))];
    private readonly Dictionary<(Node, bool IsOutput, string Name), Passing> passings = [];
    private readonly List<ParameterExpression> locals = [];
    private readonly List<Expression> before = [], after = [];

    /// <summary>The match.</summary>
    /// <exception cref="ArgumentException">There is none; the message shows a signature that fits.</exception>
    public Signature Run()
    {
        var invoke = type.GetMethod("Invoke") ?? throw new ArgumentException($"{type} is no delegate type.");
        var returned = invoke.ReturnType == typeof(void) ? null : Returned(invoke.ReturnType);
        var parameters = invoke.GetParameters().Select(p => (Info: p, Expression: Parameter(p.ParameterType, p.Name))).ToList();
        foreach (var (info, expression) in parameters)
            Take(info, expression);
        if (inputs.Count > 0 || outputs.Count > 0)
            throw Mismatch($"has {parameters.Count} parameters, but nothing passes {string.Join(", ", inputs.Select(i => i.ToString()).Concat(outputs.Select(o => $"output '{o.Name}'")))}");
        after.Add(returned ?? Empty());
        return new([.. f.Inputs.Select(i => passings[(i, false, "")]), .. f.Outputs.Select(o => passings[(o.Value, true, o.Name!)])],
            [.. parameters.Select(p => p.Expression)], [.. locals], [.. before], [.. after]);
    }

    private void Take(ParameterInfo p, ParameterExpression expression)
    {
        bool isOutput = p.IsOut || (inputs.Count == 0 && !p.IsIn);
        bool fits = isOutput ? Writes(expression, p) : ReadsAny(expression, p.Name!);
        if (!fits)
            throw Mismatch($"parameter '{p.Name}' is {SignatureText.Of(expression.Type)}, but " +
                (!isOutput ? inputs.Count == 0 ? "no input is left to pass there" : $"{inputs[0].Type} is passed there"
                    : outputs.Count == 0 ? "nothing is left to pass there" : $"{outputs[0].Value.Type} is passed there"));
    }

    // One input from a scalar, a span or what becomes one, or a struct of its elements.
    private bool Reads(Expression from, string name, Node node)
    {
        var element = node.DType.ClrType;
        if (from.Type == element && node.Rank == 0)
            return Pass(node, new(node, from, ByValue: true, IsOutput: false));
        if (ArgumentViews.SpanOf(from, node, name, isOutput: false) is { } span)
            return Pass(node, new(node, span is ParameterExpression ? span : Let(span, name), ByValue: false, IsOutput: false)
            {
                Extents = ArgumentViews.ExtentsOf(from, node),
            });
        if (!ArgumentViews.IsStructOf(from.Type, node))
            return false;
        var copy = Let(from, name);
        return Pass(node, new(node, Let(ArgumentViews.OfStruct(copy, element, isOutput: false), name), ByValue: false,
            IsOutput: false, IsOwn: true));
    }

    // The next input, the next ones in a tuple, or those that the members of a struct are called after.
    private bool ReadsAny(Expression from, string name) => inputs.Count > 0
        && (Reads(from, name, inputs[0]) || (StructMembers.IsTuple(from.Type) ? ReadsItems(from) : ReadsMembers(from, "")));

    private bool ReadsItems(Expression from)
    {
        foreach (var item in StructMembers.Of(from.Type))
            if (!ReadsAny(item.Read(from), item.Name))
                return false;
        return true;
    }

    private bool ReadsMembers(Expression from, string path)
    {
        var members = StructMembers.Within(from.Type, path);
        foreach (var member in members)
        {
            bool reads = inputs.Find(i => member.Is(((Operations.InputOp)i.Op).Key, path)) is { } node
                && Reads(member.Read(from), member.Name, node);
            if (!reads && !ReadsMembers(member.Read(from), $"{path}{member.Name}."))
                return false;
        }
        return members.Count > 0;
    }

    private bool Writes(ParameterExpression to, ParameterInfo p)
    {
        if (outputs.Count == 0)
            return false;
        var (name, node) = outputs[0];
        if (!to.IsByRef && ArgumentViews.SpanOf(to, node, p.Name!, isOutput: true) is { } span)
            return Pass(outputs[0], new(node, span is ParameterExpression ? span : Let(span, p.Name!), ByValue: false, IsOutput: true)
            {
                Extents = ArgumentViews.ExtentsOf(to, node),
            });
        if (!to.IsByRef || Made(to.Type, p.Name!) is not { } made)
            return false;
        after.Add(Assign(to, made));
        return true;
    }

    private Expression Returned(Type returned)
    {
        if (outputs.Count > 0 && Made(returned, "result") is { } made)
            return made;
        throw Mismatch($"returns {SignatureText.Of(returned)}, but the first output is "
            + (outputs.Count == 0 ? "missing" : outputs[0].Value.Type.ToString()));
    }

    // A value made of the next outputs: one of them, a tuple of the first ones, or a struct of those that its members are called after.
    private Expression? Made(Type made, string name)
    {
        if (outputs.Count > 0 && MadeOf(made, name, outputs[0]) is { } one)
            return one;
        return StructMembers.IsTuple(made) ? MadeOfItems(made, name) : MadeOfMembers(made, "");
    }

    // The eighth item of a tuple is a tuple of the rest.
    private NewExpression? MadeOfItems(Type made, string name)
    {
        var items = new List<Expression>();
        foreach (var item in made.GetGenericArguments())
            if (Made(item, $"{name}{items.Count}") is { } value)
                items.Add(value);
            else
                return null;
        return made.GetConstructor(made.GetGenericArguments()) is { } constructor ? New(constructor, items) : null;
    }

    private Expression? MadeOfMembers(Type made, string path)
    {
        var members = StructMembers.Within(made, path);
        var values = new List<Expression>();
        foreach (var member in members)
        {
            var named = outputs.FindIndex(o => member.Is(o.Name, path)) is >= 0 and var at
                ? MadeOf(member.Type, member.Name, outputs[at]) : null;
            if ((named ?? MadeOfMembers(member.Type, $"{path}{member.Name}.")) is not { } value)
                return null;
            values.Add(value);
        }
        return members.Count == 0 ? null : StructMembers.Make(made, members, values);
    }

    private ParameterExpression? MadeOf(Type made, string name, (string Name, Node Node) output)
    {
        var element = output.Node.DType.ClrType;
        bool isScalar = output.Node.Rank == 0 && made == element;
        if (!isScalar && !ArgumentViews.IsStructOf(made, output.Node))
            return null;
        var local = Local(made, name);
        Pass(output, isScalar ? new(output.Node, local, ByValue: true, IsOutput: true)
            : new(output.Node, Let(ArgumentViews.OfStruct(local, element, isOutput: true), name), ByValue: false,
                IsOutput: true, IsOwn: true));
        return local;
    }

    private bool Pass(Node input, Passing passing)
    {
        inputs.Remove(input);
        passings.Add((input, false, ""), passing);
        return true;
    }

    private bool Pass((string Name, Node Value) output, Passing passing)
    {
        outputs.Remove(output);
        passings.Add((output.Value, true, output.Name), passing);
        return true;
    }

    private ParameterExpression Let(Expression value, string name)
    {
        var local = Local(value.Type, name);
        before.Add(Assign(local, value));
        return local;
    }

    private ParameterExpression Local(Type of, string name)
    {
        locals.Add(Variable(of, name));
        return locals[^1];
    }

    private ArgumentException Mismatch(string problem) =>
        new($"{type.Name} {problem}. A fitting type: {SignatureText.Fitting(f, type)}");
}
