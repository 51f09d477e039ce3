using System.Diagnostics;
using System.Globalization;
using Options;
using Samples;

// options [BATCHES [FOLDER]]: Greeks by formula and by compiled derivatives; Heston's by Monte Carlo against an integral; a drawing.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int batches = args.Length > 0 ? int.Parse(args[0]) : 64;
string folder = args.Length > 1 ? args[1] : "options-out";

var call = BlackScholes.Compile();
double[] greeks = new double[5], known = BlackScholes.ByFormulas(100, 105, 0.2, 0.03, 0.5);
double price = call(100, 105, 0.2, 0.03, 0.5, greeks);
Console.WriteLine($"Black-Scholes call, spot 100, strike 105, half a year: {price:0.000000}");
Console.WriteLine($"{"",-8} {"derivative",14} {"formula",14}");
for (int i = 0; i < greeks.Length; i++)
    Console.WriteLine($"{BlackScholes.Greeks[i],-8} {greeks[i],14:0.0000000000} {known[i],14:0.0000000000}");
const int calls = 2_000_000;
for (int i = 0; i < calls / 10; i++)
    call(100, 105, 0.2, 0.03, 0.5, greeks);
long start = Stopwatch.GetTimestamp();
for (int i = 0; i < calls; i++)
    price += call(100 + i * 1e-9, 105, 0.2, 0.03, 0.5, greeks);
Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls:0} ns for a price and five Greeks\n");

double[] market = [100, 100, 0.02, 0.04, 1.5, 0.05, 0.5, -0.7];
start = Stopwatch.GetTimestamp();
var simulate = Heston.Compile();
Console.WriteLine($"Heston, {Heston.Steps} steps a year: compiled in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
start = Stopwatch.GetTimestamp();
var estimate = Estimate.Of(simulate, market, batches);
double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
Console.WriteLine($"{(long)batches * Heston.Paths:N0} paths with eight sensitivities in {seconds:0.00} s, {seconds / batches / Heston.Paths / Heston.Steps * 1e9:0.0} ns a path and step");
Console.WriteLine($"price {estimate.Price:0.0000} +- {estimate.PriceError:0.0000}; the integral gives {Heston.Exact(market):0.0000}");
Console.WriteLine($"{"slope by",-10} {"Monte Carlo",12} {"+-",8} {"integral",12}");
for (int i = 0; i < Heston.Names.Length; i++)
    Console.WriteLine($"{Heston.Names[i],-10} {estimate.Slopes[i],12:0.0000} {estimate.SlopeErrors[i],8:0.0000} {Slope(i),12:0.0000}");

Directory.CreateDirectory(folder);
var drawing = new Svg(60, -0.1, 140, 1.1).Text(62, 1.05, "delta by spot: Black-Scholes, expiry 0.1 (red), 0.5 (black), 2 years (blue)");
foreach (var (expiry, colour) in new[] { (0.1, "firebrick"), (0.5, "black"), (2.0, "steelblue") })
    drawing.Line(Enumerable.Range(60, 81).Select(s =>
    {
        call(s, 100, 0.2, 0.03, expiry, greeks);
        return ((double)s, greeks[0]);
    }), colour);
drawing.Save(Path.Combine(folder, "delta.svg"));
Console.WriteLine($"wrote {Path.Combine(folder, "delta.svg")}");

double Slope(int i)
{
    double h = 1e-4 * Math.Max(1, Math.Abs(market[i])), at = market[i];
    double[] Moved(double by) => [.. market.Select((x, k) => k == i ? at + by : x)];
    return (Heston.Exact(Moved(h)) - Heston.Exact(Moved(-h))) / (2 * h);
}
