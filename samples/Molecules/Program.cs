using System.Diagnostics;
using System.Globalization;
using Molecules;
using Samples;

// molecules [STEPS [FOLDER]]: 256 particles of liquid argon in reduced units; energy, temperature, structure, speed.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int steps = args.Length > 0 ? int.Parse(args[0]) : 2000;
string folder = args.Length > 1 ? args[1] : "molecules-out";
const double dt = 0.004;

long start = Stopwatch.GetTimestamp();
var fluid = new Fluid(cells: 4, density: 0.8442, temperature: 1.44, dt);
Console.WriteLine($"{fluid.Count} particles in a box of side {fluid.Side:0.00}; energy, forces and step compiled in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
var trace = new List<(double Time, double Total, double Temperature)>();
var shells = new PairDistances(fluid.Side, fluid.Count);
start = Stopwatch.GetTimestamp();
double computing = 0;
for (int i = 1; i <= steps; i++)
{
    long before = Stopwatch.GetTimestamp();
    var (potential, kinetic) = fluid.Step();
    computing += Stopwatch.GetElapsedTime(before).TotalSeconds;
    trace.Add((i * dt, (potential + kinetic) / fluid.Count, 2 * kinetic / (3 * fluid.Count)));
    if (i > steps / 2 && i % 50 == 0)
        shells.Add(fluid.Positions);
    if (i % Math.Max(1, steps / 8) == 0)
        Console.WriteLine($"t {i * dt,6:0.00}  energy {trace[^1].Total,10:0.00000} a particle, temperature {trace[^1].Temperature:0.000}");
}
double worst = trace.Max(t => Math.Abs(t.Total - trace[0].Total)) / trace.Average(t => 1.5 * t.Temperature);
double[] momentum = [.. Enumerable.Range(0, 3).Select(axis => Enumerable.Range(0, fluid.Count).Sum(i => fluid.Velocity[3 * i + axis]))];
Console.WriteLine($"energy strays by {worst:P3} of the kinetic energy, momentum by {momentum.Max(Math.Abs):E1}");
Console.WriteLine($"{computing / steps * 1e6:0} us a step, {computing / steps / fluid.Count / fluid.Count * 1e9:0.00} ns an ordered pair with its force");

Directory.CreateDirectory(folder);
var structure = shells.Distribution();
new Svg(0, 0, fluid.Side / 2, 3.2).Text(0.2, 3.05, "pairs at a distance, over those of a gas of the same density")
    .Line(structure, "steelblue")
    .Line([(0, 1), (fluid.Side / 2, 1)], "silver", 0.5).Save(Path.Combine(folder, "structure.svg"));
new Svg(0, trace.Min(t => t.Temperature) - 0.1, steps * dt, trace.Max(t => t.Temperature) + 0.1)
    .Text(0.1, trace.Max(t => t.Temperature) + 0.05, "temperature")
    .Line(trace.Select(t => (t.Time, t.Temperature)), "firebrick", 1).Save(Path.Combine(folder, "temperature.svg"));
Console.WriteLine($"the first shell of neighbours is at {structure.MaxBy(s => s.Y).X:0.00}; wrote {folder}/structure.svg and temperature.svg");
