namespace Samples.Tests;

/// <summary>What is simulated obeys what is known of it.</summary>
public class SimulationFacts
{
    [Fact]
    public void Greeks_are_those_of_the_formulas()
    {
        var call = Options.BlackScholes.Compile();
        double[] greeks = new double[5];
        foreach (var (spot, expiry) in new[] { (100.0, 0.5), (60, 2), (140, 0.1) })
        {
            call(spot, 105, 0.2, 0.03, expiry, greeks);
            Assert.All(greeks.Zip(Options.BlackScholes.ByFormulas(spot, 105, 0.2, 0.03, expiry)),
                g => Assert.Equal(g.Second, g.First, 1e-9 * Math.Max(1, Math.Abs(g.Second))));
        }
    }

    /// <summary>Monte Carlo may be off by chance (five standard errors), and by its time step (half a percent).</summary>
    [Fact]
    public void Differentiated_paths_tend_to_the_integral_and_its_slopes()
    {
        double[] market = [100, 100, 0.02, 0.04, 1.5, 0.05, 0.5, -0.7];
        var estimate = Options.Estimate.Of(Options.Heston.Compile(), market, batches: 16);
        Assert.Equal(Options.Heston.Exact(market), estimate.Price, 5 * estimate.PriceError + 0.005 * estimate.Price);
        foreach (int i in new[] { 0, 1, 2, 3, 5 })
        {
            double h = 1e-4 * market[i];
            double[] Moved(double by) => [.. market.Select((x, k) => k == i ? x + by : x)];
            double slope = (Options.Heston.Exact(Moved(h)) - Options.Heston.Exact(Moved(-h))) / (2 * h);
            Assert.Equal(slope, estimate.Slopes[i], 5 * estimate.SlopeErrors[i] + 0.01 * Math.Abs(slope));
        }
    }

    [Fact]
    public void A_fluid_keeps_its_energy_and_momentum()
    {
        var fluid = new Molecules.Fluid(cells: 3, density: 0.8, temperature: 1.2, dt: 0.004);
        var (potential, kinetic) = fluid.Step();
        double first = potential + kinetic;
        for (int i = 0; i < 300; i++)
            (potential, kinetic) = fluid.Step();
        Assert.Equal(first, potential + kinetic, 0.01 * kinetic);
        for (int axis = 0; axis < 3; axis++)
            Assert.Equal(0, Enumerable.Range(0, fluid.Count).Sum(i => fluid.Velocity[3 * i + axis]), 1e-10);
    }

    [Fact]
    public void A_box_in_which_particles_would_meet_themselves_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Molecules.Fluid(cells: 2, density: 1, temperature: 1, dt: 0.004));

    [Fact]
    public void A_body_walks_farther_along_its_gradient()
    {
        var body = new Springs.Walker(columns: 2);
        var walk = body.Compile();
        double[] muscles = Springs.Ascent.Start(body.Muscles), slopes = new double[body.Muscles],
            track = new double[Springs.Walker.Steps * body.Masses * 2];
        double first = walk(muscles, slopes, track);
        int largest = Enumerable.Range(0, slopes.Length).MaxBy(i => Math.Abs(slopes[i]));
        double slope = slopes[largest], h = 1e-6, at = muscles[largest];
        muscles[largest] = at + h;
        double up = walk(muscles, slopes, track);
        muscles[largest] = at - h;
        double difference = (up - walk(muscles, slopes, track)) / (2 * h);
        Assert.Equal(slope, difference, 1e-3 * Math.Abs(slope));
        muscles[largest] = at;
        var ascent = new Springs.Ascent(muscles, 0.05);
        for (int i = 0; i < 10; i++)
        {
            walk(muscles, slopes, track);
            ascent.Step(slopes);
        }
        Assert.True(walk(muscles, slopes, track) > first);
    }
}
