using System.Diagnostics;
using System.Globalization;
using Samples;
using Schedule;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string file = args.Length > 0 ? args[0] : "schedule.svg";
var plant = new Plant();
Show("just in time", plant.CostsOf(Plant.JustInTime()));
Show("level", plant.CostsOf(Plant.Level()));
double[,] plan = Plant.Level();
long start = Stopwatch.GetTimestamp();
var report = plant.Improve(plan);
Show("by gradient", plant.CostsOf(plan));
Console.WriteLine($"{Plant.Products * Plant.Periods} unknowns, {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms with compilation: {report}");

string[] colours = ["steelblue", "seagreen", "darkorange", "crimson"];
var drawing = new Svg(0, 0, Plant.Periods, 30).Text(1, 29, "made per shift (lines) and asked for (dots), four products");
for (int k = 0; k < Plant.Products; k++)
{
    drawing.Line(Enumerable.Range(0, Plant.Periods).Select(t => ((double)t, plan[k, t])), colours[k]);
    drawing.Dots(Enumerable.Range(0, Plant.Periods).Select(t => ((double)t, Plant.Demand[k, t])), colours[k], 1.5);
}
drawing.Save(file);
Console.WriteLine($"drawn: {file}");

static void Show(string name, Costs c) => Console.WriteLine(
    $"{name,-13} total {c.Total,8:0.0}   making {c.Making,7:0.0}  holding {c.Holding,6:0.0}  late {c.Late,7:0.0}  ramping {c.Ramping,6:0.0}  overload {c.Overload:0.00} h");
