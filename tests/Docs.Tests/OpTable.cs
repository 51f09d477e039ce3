using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Adjoint;
using Adjoint.Operations;
using Adjoint.Passes;
using static Adjoint.Ops;

namespace Docs.Tests;

/// <summary>
/// The table of ops as a page, made from the code: what an op computes from its documentation, values and slopes at edges,
/// kinks and ties from its reference semantics and its derivative rule.
/// </summary>
internal static class OpTable
{
    private static readonly double[] Edges = [double.NegativeInfinity, -1, -0.0, 0, 1, double.PositiveInfinity, double.NaN];
    private static readonly double[] SlopesAt = [-1, 0, 1];
    private static readonly (double, double)[] Pairs = [(2, 2), (0, 0), (-0.0, 0), (double.PositiveInfinity, double.PositiveInfinity), (double.NaN, 1)];

    public static string Write()
    {
        var ops = Applied().OrderBy(o => o.Op.GetType().Name, StringComparer.Ordinal).ToList();
        var text = new StringBuilder(Head);
        Section(text, "One operand, element by element", "op | what it computes | " + string.Join(" | ", Edges.Select(e => $"f({Number(e)})")) + " | dy/dx | at -1, 0, 1",
            ops.Where(o => TakesDoubles(o, 1)).Select(OneOperand));
        Section(text, "Two operands, element by element", "op | what it computes | " + string.Join(" | ", Pairs.Select(p => $"f({Number(p.Item1)}, {Number(p.Item2)})")) + " | dy/da; dy/db | at the tie (2, 2)",
            ops.Where(o => TakesDoubles(o, 2)).Select(TwoOperands));
        Section(text, "Other elementwise ops", "op | what it computes | derivative", ops.Where(o => o.Op is Elementwise && !TakesDoubles(o, 1) && !TakesDoubles(o, 2)).Select(Described));
        foreach (var (title, matches) in Families)
            Section(text, title, "op | what it computes | derivative", ops.Where(o => matches(o.Op)).Select(Described));
        Section(text, "Composites", "call | what it computes | derivative", Composites());
        return text.ToString();
    }

    private const string Head = """
        # Table of ops

        Made from the code by `ADJOINT_DOCS=write dotnet test tests/Docs.Tests`; a test fails where this page is out of date. Values at edges are
        those of the reference semantics in float64, slopes those of the derivative rule: `f(-0)` tells signed zeros apart, `NaN` means that NaN comes out.
        Every op has both modes of differentiation unless its derivative is said to be zero by convention (steps, which have no other slope), or none (integers and truth values).
        A number under *slope* is dy/dx; with two operands, both. Kernels agree with the reference semantics within the bounds that tests state.


        """;

    private static (string Title, Func<Op, bool> Matches)[] Families =>
    [
        ("Reductions", op => op is Reduction),
        ("Views: strides and offsets, no copies", op => op is View),
        ("Assemblies: operands written where they belong", op => op is Assembly),
        ("Generators: elements made from coordinates, gathers", op => op is Generator),
        ("Contractions", op => op is Contraction),
        ("Scatters", op => op is Scatter),
        ("Routines: a sequential program per batch item", op => op is Routine),
    ];

    // One application of every op record, from the cases that tests run over.
    private static IEnumerable<Apply> Applied()
    {
        var found = new Dictionary<Type, Apply>();
        foreach (var test in OpCases.All)
        {
            Node[] inputs = [.. test.Operands.Select((o, i) => Input($"x{i}", o.Fixed ?? test.DTypes[0], Shape.Of(o.Shape.Select(n => (Dim)n))))];
            foreach (var apply in Differentiate.Run(new Computation(inputs, [test.Build(inputs)])).Applies)
                Add(found, apply);
        }
        return found.Values.Where(a => a.Op is not (Leaf or Call or DerivativeRequest));
    }

    private static void Add(Dictionary<Type, Apply> found, Apply apply)
    {
        foreach (var inner in apply.Op.Bodies.SelectMany(b => b.Applies))
            Add(found, inner);
        if (!found.TryGetValue(apply.Op.GetType(), out var known) || (!IsFloat(known) && IsFloat(apply)))
            found[apply.Op.GetType()] = apply;
    }

    private static bool IsFloat(Apply apply) => apply.Inputs.All(x => x.DType.IsFloat);

    private static bool TakesDoubles(Apply apply, int operands)
    {
        if (apply.Op is not Elementwise || apply.Inputs.Length != operands)
            return false;
        return Try(() =>
        {
            Value(apply.Op, new double[operands]);
            return true;
        }, false);
    }

    private static IEnumerable<string> OneOperand(Apply apply) =>
    [
        $"`{apply.Op.Name}`", Summaries.Of(apply.Op.GetType()), .. Edges.Select(e => Number(Value(apply.Op, e))),
        Slopes(apply.Op, () => Formulas(apply.Op, "x")), Slopes(apply.Op, () => string.Join(", ", SlopesAt.Select(x => Number(Slope(apply.Op, [x])[0])))),
    ];

    private static IEnumerable<string> TwoOperands(Apply apply) =>
    [
        $"`{apply.Op.Name}`", Summaries.Of(apply.Op.GetType()), .. Pairs.Select(p => Number(Value(apply.Op, p.Item1, p.Item2))),
        Slopes(apply.Op, () => Formulas(apply.Op, "a", "b")), Slopes(apply.Op, () => string.Join(", ", Slope(apply.Op, [2, 2]).Select(Number))),
    ];

    private static IEnumerable<string> Described(Apply apply) =>
        [$"`{apply.Op.Name}`", Summaries.Of(apply.Op.GetType()), Slopes(apply.Op, () => "both modes")];

    private static string Slopes(Op op, Func<string> smooth) => op.Differentiability switch
    {
        Differentiability.ZeroSlope => "zero by convention",
        Differentiability.Discrete => "none",
        _ when op is Adjoint.Operations.Convert { To.IsFloat: false } => "none",
        _ => smooth(),
    };

    private static double Value(Op op, params double[] at)
    {
        var inputs = at.Select((_, i) => Input($"x{i}", DType.Float64, [])).ToArray();
        return Run(inputs, Convert(Node.Of(op, Origin.None, inputs), DType.Float64), at);
    }

    // The slope in each operand; null where the op says that it has none.
    private static double?[] Slope(Op op, double[] at)
    {
        var inputs = at.Select((_, i) => Input($"x{i}", DType.Float64, [])).ToArray();
        var y = Node.Of(op, Origin.None, inputs);
        return [.. inputs.Select(x => Try(() => (double?)Run(inputs, Gradient.Of(y, [x])[0], at), null))];
    }

    // The derivative as the rule gives it, simplified; shared parts first.
    private static string Formulas(Op op, params string[] names)
    {
        var inputs = names.Select(n => Input(n, DType.Float64, [])).ToArray();
        var y = Node.Of(op, Origin.None, inputs);
        return string.Join("; ", inputs.Select(x =>
            Try(() => $"`{Gradient.Of(y, [x])[0].ToFormula(simplify: true).Trim().ReplaceLineEndings(", ")}`", "not available")));
    }

    private static T Try<T>(Func<T> of, T otherwise)
    {
        try
        {
            return of();
        }
        catch (GraphException)
        {
            return otherwise;
        }
    }

    private static double Run(Node[] inputs, Node y, double[] at) =>
        Reference.Run(Differentiate.Run(new Computation(inputs, [y])), at.Select(v => (HostTensor)v))[0].Scalar<double>();

    // Calls by title, each with the documentation of the method that makes it.
    private static IEnumerable<IEnumerable<string>> Composites()
    {
        var calls = new SortedDictionary<string, Call>(StringComparer.Ordinal);
        foreach (var test in OpCases.All)
        {
            Node[] inputs = [.. test.Operands.Select((o, i) => Input($"x{i}", o.Fixed ?? test.DTypes[0], Shape.Of(o.Shape.Select(n => (Dim)n))))];
            Collect(new Computation(inputs, [test.Build(inputs)]), calls);
        }
        return calls.Select(c => (IEnumerable<string>)
        [
            $"`{c.Key}`", c.Value.GetType() == typeof(Call) ? Summaries.OfMethod(c.Key) : Summaries.Of(c.Value.GetType()),
            c.Value.HasOwnDerivative ? "a rule of its own" : "through its body",
        ]);
    }

    private static void Collect(Computation f, SortedDictionary<string, Call> calls)
    {
        foreach (var apply in f.Applies)
        {
            if (apply.Op is Call call)
                calls.TryAdd(call.Name, call);
            foreach (var body in apply.Op.Bodies)
                Collect(body, calls);
        }
    }

    private static void Section(StringBuilder text, string title, string head, IEnumerable<IEnumerable<string>> rows)
    {
        var lines = rows.Select(r => $"| {string.Join(" | ", r.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |").ToImmutableArray();
        if (lines.IsEmpty)
            return;
        string[] columns = head.Split(" | ");
        text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n| {head} |\n|{string.Concat(Enumerable.Repeat("---|", columns.Length))}\n");
        text.AppendJoin("\n", lines).Append("\n\n");
    }

    private static string Number(double? slope) => slope is not { } value ? "none" :
        double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? value > 0 ? "∞" : "-∞"
        : value == 0 ? double.IsNegative(value) ? "-0" : "0"
        : Math.Round(value, 4) is var r && r == 0 ? value.ToString("0.0e0", CultureInfo.InvariantCulture) : r.ToString("0.####", CultureInfo.InvariantCulture);
}
