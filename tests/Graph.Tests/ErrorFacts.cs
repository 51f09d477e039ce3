using System.Globalization;

namespace Adjoint.Graph.Tests;

/// <summary>An op that refuses its operands says which op, which operands, which lines, and what to write instead.</summary>
public class ErrorFacts
{
    private static readonly Node Rows = Input("rows", DType.Float32, [32, 784]), Columns = Input("columns", DType.Float32, [512, 784]);
    private static readonly Node Counts = Input("counts", DType.Int32, [32]), Truths = Input("truths", DType.Bool, [32]);

    private static readonly Dictionary<string, (Func<Node> Build, string[] Says)> Refused = new()
    {
        ["shapes that do not broadcast"] = (() => Rows + Columns,
            ["add", "[32, 784]", "[512, 784]", "do not broadcast", "input 'rows'", "input 'columns'"]),
        ["inner axes"] = (() => MatMul(Rows, Columns),
            ["matmul", "inner axes differ: x[0] axis 1 has 784, x[1] axis 0 has 512", "Transpose(b)"]),
        ["a scalar in a matrix product"] = (() => MatMul(Rows, Sum(Rows)), ["matmul", "scalar", "*"]),
        ["mixed element types"] = (() => Sum(Rows, [1]) + Counts, ["add", "float32", "int32", "Convert("]),
        ["integers where floats are needed"] = (() => Exp(Counts), ["exp", "int32", "float32 or float64", "Convert("]),
        ["truth values where numbers are needed"] = (() => -Truths, ["negate", "bool", "a number"]),
        ["truth values in order"] = (() => Truths < Not(Truths), ["less", "bool", "ordered"]),
        ["numbers as a condition"] = (() => Where(Counts, Counts, Counts), ["where", "int32", "bool"]),
        ["numbers under not"] = (() => Not(Counts), ["not", "int32", "bool"]),
        ["an axis that is not there"] = (() => Sum(Rows, [2]), ["sum", "no axis 2", "2 axes"]),
        ["another element count"] = (() => Reshape(Counts, [5, 7]), ["reshape", "[32]", "[5, 7]", "numbers of elements"]),
        ["no permutation"] = (() => Transpose(Rows, [0, 0]), ["transpose", "[0, 0]", "permutation"]),
        ["an axis that cannot be repeated"] = (() => BroadcastTo(Counts, [32, 31]), ["broadcast", "32", "31", "extent 1"]),
        ["a negative power of integers"] = (() => Pow(Counts, -1), ["pow-integer", "int32", "-1"]),
        ["a fraction beside integers"] = (() => Counts * 0.5, ["0.5", "cut to 0", "float"]),
        ["the gradient of a tensor"] = (() => Gradient.Of(Rows, [Rows])[0], ["loss has shape [32, 784]", "Mean(loss)"]),
    };

    public static TheoryData<string> Every() => [.. Refused.Keys];

    [Theory, MemberData(nameof(Every))]
    public void A_refusal_names_op_operands_lines_and_a_way_out(string name)
    {
        string message = Assert.Throws<GraphException>(Refused[name].Build).Message;
        Assert.All(Refused[name].Says, s => Assert.Contains(s, message, StringComparison.Ordinal));
        Assert.Contains("ErrorFacts.cs:", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_do_not_depend_on_culture()
    {
        var before = CultureInfo.CurrentCulture;
        string plain = Assert.Throws<GraphException>(() => Counts * 0.5).Message;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            Assert.Equal(plain.Split('(')[0], Assert.Throws<GraphException>(() => Counts * 0.5).Message.Split('(')[0]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
