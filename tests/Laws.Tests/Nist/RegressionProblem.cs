using System.Globalization;
using System.Text.RegularExpressions;

namespace Adjoint.Laws.Nist;

/// <summary>
/// A problem of the NIST StRD collection of nonlinear regressions, read from its file: a model formula, certified parameters and sum of
/// squares, data. As graphs: residuals of all observations from parameters b, predictors and response.
/// </summary>
internal sealed partial class RegressionProblem
{
    private RegressionProblem(string name, string[] lines)
    {
        Name = name;
        var certified = lines.Select(l => Parameter().Match(l)).Where(m => m.Success).ToList();
        Certified = [.. certified.Select(m => Number(m.Groups[3].Value))];
        Starts = [.. new[] { 1, 2 }.Select(s => certified.Select(m => Number(m.Groups[s].Value)).ToArray())];
        SumOfSquares = Number(lines.First(l => l.StartsWith("Residual Sum of Squares", StringComparison.Ordinal)).Split(':')[1]);
        int heading = Array.FindLastIndex(lines, l => l.StartsWith("Data:", StringComparison.Ordinal));
        Columns = lines[heading]["Data:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rows = lines[(heading + 1)..].Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(r => r.Length == Columns.Length);
        Data = [.. Enumerable.Range(0, Columns.Length).Select(c => (HostTensor)rows.Select(r => Number(r[c])).ToArray())];
        Parameters = Input("b", DType.Float64, [Certified.Length]);
        Inputs = [Parameters, .. Columns.Select(c => Input(c, DType.Float64, ["n"]))];
        (Response, Model) = Graphs(lines);
    }

    public string Name { get; }

    public string[] Columns { get; }

    public double[] Certified { get; }

    public double[][] Starts { get; }

    public double SumOfSquares { get; }

    public HostTensor[] Data { get; }

    public Node Parameters { get; }

    /// <summary>Parameters, then a column of data each.</summary>
    public Node[] Inputs { get; }

    /// <summary>What is observed, and what the model says instead.</summary>
    public Node Response { get; }

    public Node Model { get; }

    public Node Residuals => Response - Model;

    public HostTensor[] At(double[] b) => [b, .. Data];

    public static string Folder { get; } = Path.Combine(Tests.Repository.Root, "..", "shared", "nist-strd");

    public static string[] Names =>
        Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder, "*.dat").Select(f => Path.GetFileNameWithoutExtension(f)!).Order()] : [];

    public static RegressionProblem Load(string name) => new(name, File.ReadAllLines(Path.Combine(Folder, name + ".dat")));

    // Between "Model:" and the starting values: lines "name = formula", continued by lines without a name; "+ e" is the error.
    private (Node Response, Node Model) Graphs(string[] lines)
    {
        int start = Array.FindIndex(lines, l => l.StartsWith("Model:", StringComparison.Ordinal)),
            end = Array.FindIndex(lines, l =>
                l.Contains("Starting", StringComparison.OrdinalIgnoreCase)
                && l.Contains("Certified", StringComparison.OrdinalIgnoreCase) && !l.Contains("lines", StringComparison.Ordinal));
        var names = Inputs.Skip(1).Zip(Columns).ToDictionary(p => p.Second, p => p.First);
        names["pi"] = Scalar(DType.Float64, Math.PI);
        for (int i = 0; i < Certified.Length; i++)
            names.Add($"b{i + 1}", Squeeze(Slice(Parameters, 0, i, i + 1), [0]));
        Node? response = null, model = null;
        string text = Regex.Replace(string.Join(" ",
            lines[(start + 1)..end].Where(l => !l.Contains("Class") && !l.Contains("Parameters"))), @"\+\s*e\s*$", "");
        foreach (Match definition in Definition().Matches(text))
        {
            var (left, right) = (definition.Groups[1].Value, Regex.Replace(definition.Groups[2].Value, @"\+\s*e\s*$", ""));
            var value = new ModelFormula(right, names).Read();
            if (left is "pi")
                names[left] = value;
            else
                (response, model) = (new ModelFormula(left, names).Read(), value);
        }
        return (response!, model! + ZerosLike(response!));
    }

    private static double Number(string text) => double.Parse(text.Trim().TrimStart('+'), NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*b\d+\s*=\s*(\S+)\s+(\S+)\s+(\S+)\s+\S+\s*$")]
    private static partial Regex Parameter();

    // What stands left of "=": a name or a function of one.
    [GeneratedRegex(@"([A-Za-z]+\d*(?:[\[(]\w+[\])])?)\s*=\s*(.*?)(?=\s+[A-Za-z]+\d*(?:[\[(]\w+[\])])?\s*=|$)")]
    private static partial Regex Definition();
}
