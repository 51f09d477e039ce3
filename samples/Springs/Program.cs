using System.Diagnostics;
using System.Globalization;
using Samples;
using Springs;

// springs [ITERATIONS [FOLDER]]: a soft body learns to walk by the gradient of its whole simulation; a drawing of its walk.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int iterations = args.Length > 0 ? int.Parse(args[0]) : 120;
string folder = args.Length > 1 ? args[1] : "springs-out";

var body = new Walker(columns: 4);
long start = Stopwatch.GetTimestamp();
var walk = body.Compile();
Console.WriteLine($"{body.Masses} masses, {body.Muscles / 2} springs, {Walker.Steps} steps and their gradient compiled in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
var (muscles, slopes, track) = (Ascent.Start(body.Muscles), new double[body.Muscles], new double[Walker.Steps * body.Masses * 2]);
var ascent = new Ascent(muscles, learningRate: 0.05);
start = Stopwatch.GetTimestamp();
double first = 0, distance = 0;
for (int i = 0; i <= iterations; i++)
{
    distance = walk(muscles, slopes, track);
    if (i == 0)
        first = distance;
    if (i % Math.Max(1, iterations / 8) == 0)
        Console.WriteLine($"iteration {i,4}: walks {distance,7:0.000} in {Walker.Steps * 0.01:0.0} s");
    if (i < iterations)
        ascent.Step(slopes);
}
double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
Console.WriteLine($"{seconds / (iterations + 1) * 1e3:0.00} ms a simulation with its gradient by {body.Muscles} numbers; {first:0.000} became {distance:0.000}");

Directory.CreateDirectory(folder);
var drawing = new Svg(-1, -0.2, Math.Max(4, distance + 3), 3)
    .Text(-0.9, 2.8, $"the body at its start and every 0.6 s; its middle goes {distance:0.00}");
for (int step = 0; step < Walker.Steps; step += 59)
    foreach (var (i, j) in body.Springs)
        drawing.Line([At(step, i), At(step, j)], step == 0 ? "silver" : "steelblue", 1);
drawing.Line([(-1, 0), (Math.Max(4, distance + 3), 0)], "black").Save(Path.Combine(folder, "walk.svg"));
Console.WriteLine($"wrote {Path.Combine(folder, "walk.svg")}");

(double X, double Y) At(int step, int mass) => (track[2 * (step * body.Masses + mass)], track[2 * (step * body.Masses + mass) + 1]);
