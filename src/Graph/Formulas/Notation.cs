using System.Globalization;

namespace Adjoint;

/// <summary>How formulas are written.</summary>
public enum FormulaStyle
{
    /// <summary>As in a program: <c>exp(-x^2 / 2)</c>.</summary>
    Text,

    /// <summary>For LaTeX's mathematics mode: <c>e^{-\frac{x^{2}}{2}}</c>.</summary>
    Latex,
}

/// <summary>How tightly what was written last binds; looser ones come first.</summary>
public enum Tightness
{
    /// <summary>A choice by a condition.</summary>
    Choice,

    /// <summary>Or.</summary>
    Or,

    /// <summary>And.</summary>
    And,

    /// <summary>A comparison.</summary>
    Comparison,

    /// <summary>A sum or a difference.</summary>
    Sum,

    /// <summary>A product or a quotient, or a sign.</summary>
    Product,

    /// <summary>A power.</summary>
    Power,

    /// <summary>A name, a number without sign, a call, or what brings its own brackets.</summary>
    Atom,
}

/// <summary>
/// A written part of a formula: its text, and how tightly it
/// binds. An op says in <see cref="Op.Write"/> how it is written.
/// </summary>
/// <param name="Text">The text, without brackets around it.</param>
/// <param name="Tightness">How tightly its loosest operator binds.</param>
/// <param name="Style">The style that it is written in.</param>
public readonly record struct Notation(string Text, Tightness Tightness, FormulaStyle Style)
{
    private bool IsLatex => Style == FormulaStyle.Latex;

    private bool StartsWithSign => Text.StartsWith('-');

    /// <summary>The text, in brackets if it binds looser than asked.</summary>
    public string Within(Tightness least) => Tightness >= least ? Text : Bracketed;

    private string Bracketed => IsLatex ? $@"\left({Text}\right)" : $"({Text})";

    // To the right of an operator a sign would stand beside it.
    private string After(Tightness least) => StartsWithSign ? Bracketed : Within(least);

    /// <summary>A number: shortest digits that give it back.</summary>
    public static Notation Number(double value, FormulaStyle style)
    {
        string digits = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        bool latex = style == FormulaStyle.Latex;
        var text = double.IsFinite(value) ? latex && digits.Split('E') is [var m, var e]
            ? $@"{m} \cdot 10^{{{int.Parse(e, CultureInfo.InvariantCulture)}}}" : digits
            : double.IsNaN(value) ? latex ? @"\mathrm{NaN}" : "NaN" : latex ? @"\infty" : "infinity";
        bool minus = double.IsNegative(value) && !double.IsNaN(value);
        return new(minus ? $"-{text}" : text,
            minus || text.Contains(@"\cdot", StringComparison.Ordinal) ? Tightness.Product : Tightness.Atom, style);
    }

    /// <summary>A name: in LaTeX digits at its end become an index, and a name of several letters stands upright.</summary>
    public static Notation Name(string name, FormulaStyle style)
    {
        if (style == FormulaStyle.Text)
            return new(name, Tightness.Atom, style);
        string stem = name.TrimEnd("0123456789_".ToCharArray()), index = name[stem.Length..].Trim('_');
        stem = stem.Replace("_", @"\_", StringComparison.Ordinal);
        if (stem.Length > 1)
            stem = $@"\mathrm{{{stem}}}";
        return new(index.Length > 0 && stem.Length > 0 ? $"{stem}_{{{index}}}" : stem + index, Tightness.Atom, style);
    }

    /// <summary>A call, <c>name(a, b)</c>.</summary>
    public static Notation Function(string name, FormulaStyle style, params ReadOnlySpan<Notation> x)
    {
        string operands = string.Join(", ", x.ToArray().Select(a => a.Text));
        return new(style == FormulaStyle.Text ? $"{name}({operands})" : $@"{Command(name)}\left({operands}\right)", Tightness.Atom, style);
    }

    private static string Command(string name) =>
        name is "sin" or "cos" or "tan" or "sinh" or "cosh" or "tanh" or "log" or "max" or "min" or "exp"
        ? $@"\{name}" : $@"\operatorname{{{name.Replace("_", @"\_", StringComparison.Ordinal)}}}";

    /// <summary>An operator that may be regrouped: <c>a + b</c>, <c>a and b</c>.</summary>
    public Notation Then(string sign, Notation right, Tightness tightness) =>
        new($"{Within(tightness)} {sign} {right.After(tightness)}", tightness, Style);

    /// <summary>An operator whose right side must bind tighter: <c>a - b</c>, comparisons.</summary>
    public Notation Less(string sign, Notation right, Tightness tightness) =>
        new($"{Within(tightness)} {sign} {right.After(tightness + 1)}", tightness, Style);

    /// <summary>A sum; one with a negative number or term is written as a difference.</summary>
    public Notation Plus(Notation right) => right.StartsWithSign && right.Tightness >= Tightness.Product
        ? new($"{Within(Tightness.Sum)} - {right.Text[1..]}", Tightness.Sum, Style) : Then("+", right, Tightness.Sum);

    /// <summary>A product; LaTeX leaves the sign out.</summary>
    public Notation Times(Notation right)
    {
        bool apart = !IsLatex || (right.Text.Length > 0 && (char.IsAsciiDigit(right.Text[0]) || right.StartsWithSign));
        return Then(!IsLatex ? "*" : apart ? @"\cdot" : "", right, Tightness.Product) is var product && IsLatex
            ? product with { Text = product.Text.Replace("  ", " ", StringComparison.Ordinal) } : Then("*", right, Tightness.Product);
    }

    /// <summary>A quotient: a fraction in LaTeX.</summary>
    public Notation Over(Notation below) => IsLatex
        ? StartsWithSign && Tightness >= Tightness.Product ? new($@"-\frac{{{Text[1..]}}}{{{below.Text}}}", Tightness.Product, Style)
            : new($@"\frac{{{Text}}}{{{below.Text}}}", Tightness.Atom, Style)
        : Less("/", below, Tightness.Product);

    /// <summary>The sign changed.</summary>
    public Notation Negated() => new($"-{After(Tightness.Product)}", Tightness.Product, Style);

    /// <summary>A power.</summary>
    public Notation To(Notation exponent) => IsLatex
        ? new($"{Within(Tightness.Atom)}^{{{exponent.Text}}}", Tightness.Power, Style)
        : new($"{Within(Tightness.Atom)}^{exponent.After(Tightness.Atom)}", Tightness.Power, Style);

    /// <summary>A square root.</summary>
    public Notation Root() => IsLatex ? new($@"\sqrt{{{Text}}}", Tightness.Atom, Style) : Function("sqrt", Style, this);

    /// <summary>An absolute value.</summary>
    public Notation Magnitude() => IsLatex ? new($@"\left|{Text}\right|", Tightness.Atom, Style) : Function("abs", Style, this);

    /// <summary>This where a condition holds, else another.</summary>
    public Notation Where(Notation condition, Notation otherwise) => IsLatex
        ? new($@"\begin{{cases}} {Text} & {condition.Text} \\ {otherwise.Text} & \text{{otherwise}} \end{{cases}}", Tightness.Atom, Style)
        : new($"{Within(Tightness.Or)} if {condition.Within(Tightness.Or)} else {otherwise.Within(Tightness.Choice)}",
            Tightness.Choice, Style);
}
