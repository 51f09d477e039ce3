using System.Globalization;

namespace Adjoint.Laws.Nist;

/// <summary>
/// Reads a formula such as <c>b1*(1-exp[-b2*x])**2</c> as a graph: sums, products,
/// powers (<c>**</c>, to the right), signs, brackets of both kinds, functions.
/// </summary>
/// <param name="text">The formula.</param>
/// <param name="names">What names stand for.</param>
internal sealed class ModelFormula(string text, IReadOnlyDictionary<string, Node> names)
{
    private static readonly Dictionary<string, Func<Node, Node>> Functions = new()
    {
        ["exp"] = x => Exp(x), ["log"] = x => Log(x), ["sqrt"] = x => Sqrt(x), ["sin"] = x => Sin(x),
            ["cos"] = x => Cos(x), ["tan"] = x => Tan(x), ["arctan"] = Arctan,
    };

    // Of a quotient, the angle of the point: that is what certified values of such models were computed with.
    private static Node Arctan(Node x) => x is (Divide, [var above, var below]) ? Atan2(above, below) : Atan(x);

    private readonly string text = text.Replace(" ", "").Replace('[', '(').Replace(']', ')');
    private int at;

    public Node Read()
    {
        var result = Sum();
        return at == text.Length ? result : throw Unexpected();
    }

    private Node Sum()
    {
        var sum = Product();
        while (true)
            if (Takes("+"))
                sum += Product();
            else if (Takes("-"))
                sum -= Product();
            else
                return sum;
    }

    private Node Product()
    {
        var product = Signed();
        while (true)
            if (!Follows("**") && Takes("*"))
                product *= Signed();
            else if (Takes("/"))
                product /= Signed();
            else
                return product;
    }

    private Node Signed() => Takes("-") ? -Signed() : Takes("+") ? Signed() : Power();

    private Node Power()
    {
        var x = Atom();
        return Takes("**") ? Pow(x, Signed()) : x;
    }

    private Node Atom()
    {
        if (Takes("("))
            return Closed(Sum());
        int start = at;
        if (at < text.Length && char.IsAsciiLetter(text[at]))
        {
            while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
                at++;
            string name = text[start..at];
            return Takes("(") ? Functions[name](Closed(Sum())) : names[name];
        }
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '.' or 'E'
            || (text[at] is '+' or '-' && text[at - 1] == 'E')))
            at++;
        return at > start ? Scalar(DType.Float64, double.Parse(text[start..at], CultureInfo.InvariantCulture)) : throw Unexpected();
    }

    private Node Closed(Node inside) => Takes(")") ? inside : throw Unexpected();

    private bool Follows(string sign) => text.AsSpan(at).StartsWith(sign, StringComparison.Ordinal);

    private bool Takes(string sign)
    {
        if (!Follows(sign))
            return false;
        at += sign.Length;
        return true;
    }

    private FormatException Unexpected() => new($"'{text}': not expected at {at}");
}
