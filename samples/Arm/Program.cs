using System.Globalization;
using Adjoint;
using Arm;
using Samples;
using static Adjoint.Ops;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int ticks = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 4000;
string file = args.Length > 1 ? args[1] : "arm.svg";
var track = new Tracker().Follow(ticks);
double[] sorted = [.. track.Microseconds.Order()];
Console.WriteLine($"{ticks} poses of a 7-joint arm along an eight, each solved from the one before");
Console.WriteLine($"time      median {sorted[ticks / 2]:0.0} us, 99% {sorted[ticks * 99 / 100]:0.0} us, longest {sorted[^1]:0.0} us; a tick at 1 kHz is 1000 us");
Console.WriteLine($"steps     {track.Iterations.Average():0.0} iterations on average, {track.Iterations.Max()} at most");
Console.WriteLine($"error     {track.LargestError * 1e6:0.000} micrometres at most");
Console.WriteLine($"garbage   {track.AllocatedBytes} bytes");
Console.WriteLine($"pose      and Jacobian in {Pose.Nanoseconds(Pose.Compile(), 25 * ticks):0} ns");

// From the side, some poses; the path of the tool in front of them.
Node angles = Input("angles", DType.Float64, [Chain.Joints]);
var joints = new Computation([angles], [Stack([.. Chain.Forward(angles).Select(f => f.At)])]).Compile();
var drawing = new Svg(-0.5, -0.1, 1.1, 0.9);
foreach (int i in Enumerable.Range(0, 8).Select(k => k * ticks / 8))
{
    double[] at = joints.Run(track.Poses[i])[0].ToArray<double>();
    drawing.Line(Enumerable.Range(0, at.Length / 3)
        .Select(k => (at[3 * k] + 0.4 * at[3 * k + 1], at[3 * k + 2] + 0.2 * at[3 * k + 1])), "steelblue", 3);
}
drawing.Line(Enumerable.Range(0, 201).Select(k => Tracker.Target(k / 200.0))
    .Select(t => (t[0] + 0.4 * t[1], t[2] + 0.2 * t[1])), "crimson");
drawing.Text(-0.45, 0.85, $"median {sorted[ticks / 2]:0.0} us per pose").Save(file);
Console.WriteLine($"drawn     {file}");
