using System.Xml.Linq;
using Adjoint.Solvers;

namespace Samples.Tests;

/// <summary>Samples do what they say, briefly.</summary>
public class SampleFacts
{
    [Fact]
    public void The_arm_follows_its_path_without_garbage()
    {
        var track = new Arm.Tracker().Follow(200);
        Assert.InRange(track.LargestError, 0, 1e-8);
        Assert.Equal(0, track.AllocatedBytes);
        Assert.InRange(track.Iterations.Max(), 1, 10);
    }

    [Fact]
    public void The_arm_straight_up_reaches_its_length_and_leans_as_each_joint_turns()
    {
        double[] pose = new double[6], jacobian = new double[42];
        Arm.Pose.Compile()(new double[7], pose, jacobian);
        Assert.Equal([0, 0, 0.34 + 0.4 + 0.4 + 0.126, 0, 0, 1], pose.Select(v => Math.Round(v, 12)));
        Assert.Equal(0.926, Math.Abs(jacobian[1]), 12);   // about the shoulder, the tool moves sideways by its distance from there
    }

    [Fact]
    public void Certified_parameters_are_found_from_the_nearer_start()
    {
        foreach (var p in Regression.Problems.All)
        {
            double[] b = [.. p.Starts[1]];
            var report = new LevenbergMarquardt(p.Residuals(), [p.X, p.Y]).Minimise(b);
            Assert.True(p.Digits(b) >= 6, $"{p.Name}: {p.Digits(b):0.0} digits, {report}");
        }
    }

    [Fact]
    public void A_schedule_by_gradient_costs_less_and_overloads_no_machine()
    {
        var plant = new Schedule.Plant();
        double[,] plan = Schedule.Plant.Level();
        plant.Improve(plan);
        var (before, after) = (plant.CostsOf(Schedule.Plant.Level()), plant.CostsOf(plan));
        Assert.True(after.Total < 0.9 * before.Total && after.Overload < 0.5, $"{before} {after}");
    }

    [Fact]
    public void Drawings_are_well_formed()
    {
        string file = Path.GetTempFileName();
        foreach (string sample in new[] { "Arm", "Schedule" })
        {
            var program = System.Reflection.Assembly.Load(sample).EntryPoint!;
            program.Invoke(null, [sample == "Arm" ? new[] { "40", file } : new[] { file }]);
            Assert.NotEmpty(XDocument.Load(file).Root!.Elements());
        }
        File.Delete(file);
    }
}
