using System.Globalization;
using Adjoint;
using Adjoint.Solvers;
using Regression;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = args.Length > 0 ? args[0] : ".";
foreach (var p in Problems.All)
{
    var solver = new LevenbergMarquardt(p.Residuals(), [p.X, p.Y]);
    Console.WriteLine($"{p.Name}: y = {p.Formula}");
    double[] b = [];
    foreach (double[] start in p.Starts)
    {
        b = [.. start];
        var report = solver.Minimise(b);
        Console.WriteLine($"  from {string.Join(", ", start)}: {p.Digits(b):0.0} certified digits, {report}");
    }
    Console.WriteLine($"  b = {string.Join(", ", b.Select(v => v.ToString("G11", CultureInfo.InvariantCulture)))}");
    Draw(p, b, Path.Combine(folder, $"{p.Name}.svg"));
}

static void Draw(Problem p, double[] b, string file)
{
    double[] x = [.. Enumerable.Range(0, 200).Select(i => p.X.Min() + (p.X.Max() - p.X.Min()) * i / 199)];
    double[] y = p.Curve().Compile().Run(b, x)[0].ToArray<double>();
    new Svg(p.X.Min(), p.Y.Min(), p.X.Max(), p.Y.Max()).Line(x.Zip(y), "steelblue").Dots(p.X.Zip(p.Y), "crimson")
        .Text(p.X.Min() + 0.3 * (p.X.Max() - p.X.Min()), p.Y.Max(), $"{p.Name}: y = {p.Formula}").Save(file);
}
