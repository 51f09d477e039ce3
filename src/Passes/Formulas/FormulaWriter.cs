using System.Collections.Immutable;
using System.Text;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint;

/// <summary>Graphs as formulas to read.</summary>
public static class Formulas
{
    /// <summary>
    /// The computation as formulas: what is used more than once stands in lines of its own, <c>t1 = ...</c>, then one line per output.
    /// Derivative requests are expanded. Each op says how it is written; broadcasts are left out.
    /// </summary>
    /// <param name="f">The computation.</param>
    /// <param name="style">Text or LaTeX.</param>
    /// <param name="simplify">Whether the default passes run first: composites open up, terms fold.</param>
    /// <exception cref="GraphException">A derivative has no rule.</exception>
    /// <example><code>Computation.From((double x) => Math.Exp(-x * x)).ToFormula()   // exp(-x * x)</code></example>
    public static string ToFormula(this Computation f, FormulaStyle style = FormulaStyle.Text, bool simplify = false) =>
        new FormulaWriter(simplify ? Pipeline.Default.Run(f).Optimised : Differentiate.Run(f), style).ToString();

    /// <summary>The value as a formula of inputs and variables; see <see cref="ToFormula(Computation, FormulaStyle, bool)"/>.</summary>
    /// <param name="node">The value.</param>
    /// <param name="style">Text or LaTeX.</param>
    /// <param name="simplify">Whether the default passes run first.</param>
    public static string ToFormula(this Node node, FormulaStyle style = FormulaStyle.Text, bool simplify = false)
    {
        var inputs = Topology.Sort([node]).Where(a => a.Op is InputOp).Select(a => a.Results[0]).ToArray();
        return new Computation(inputs, [node]).ToFormula(style, simplify);
    }
}

/// <summary>Writes a computation, operands first, with a name for every part that is used again.</summary>
internal sealed class FormulaWriter
{
    private readonly Computation f;
    private readonly FormulaStyle style;
    private readonly Dictionary<Node, Notation> written = [];
    private readonly StringBuilder lines = new();
    private int shared;

    public FormulaWriter(Computation f, FormulaStyle style)
    {
        (this.f, this.style) = (f, style);
        foreach (var apply in f.Applies)
            Write(apply);
        bool named = f.Outputs.Length > 1 || f.Outputs.Any(o => o.Name != "output0");
        foreach (var (name, value) in f.Outputs)
            Line(named ? Notation.Name(name!, style).Text : null, written[value].Text);
        foreach (var (variable, value) in f.Updates)
            Line(Notation.Name(variable.Name, style).Text, written[value].Text);
    }

    private void Write(Apply apply)
    {
        Notation[] operands = [.. apply.Inputs.Select(x => written[x])];
        for (int i = 0; i < apply.Results.Length; i++)
        {
            var text = apply.Op.Write(style, operands);
            if (apply.Results.Length > 1)
                text = text with { Text = $"{text.Text}{(style == FormulaStyle.Latex ? $"_{{{i}}}" : $"[{i}]")}" };
            written[apply.Results[i]] = IsShared(apply, i) ? Named(text) : text;
        }
    }

    private Notation Named(Notation text)
    {
        var name = Notation.Name($"t{++shared}", style);
        Line(name.Text, text.Text);
        return name;
    }

    private void Line(string? name, string text)
    {
        if (lines.Length > 0)
            lines.Append(style == FormulaStyle.Latex ? @" \\" : "").Append('\n');
        lines.Append(name is null ? text : $"{name} = {text}");
    }

    private bool IsShared(Apply apply, int result) => !IsTransparent(apply) && Uses(apply.Results[result]).Skip(1).Any();

    // What is written like its operand, or as short as a name, needs none.
    private static bool IsTransparent(Apply apply) =>
        apply.Op is Leaf or Broadcast or StopGradient || (apply.Op is Negate && apply.Inputs[0].Op is Leaf);

    // Uses through transparent applications count as uses of what they show.
    private IEnumerable<Node> Uses(Node node) => f.Successors(node)
        .SelectMany(u => IsTransparent(u.Target.Apply) ? Uses(u.Target) : [u.Target])
        .Concat(f.Roots.Where(r => ReferenceEquals(r, node)));

    /// <inheritdoc/>
    public override string ToString() => lines.ToString();
}
