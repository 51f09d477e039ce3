using Adjoint;
using static Adjoint.Ops;

namespace Molecules;

/// <summary>
/// A Lennard-Jones fluid in a periodic box, in reduced units (mass, sigma and epsilon are 1). Only the energy is written down; forces are
/// its negative gradient. One compiled call moves all particles by a step of velocity Verlet.
/// </summary>
/// <remarks>
/// Pair energy 4 (r^-12 - r^-6), shifted to be 0 at the cutoff of 2.5. Positions and velocities are variables that the call updates, so a
/// step allocates nothing.
/// </remarks>
internal sealed class Fluid
{
    private const double Cutoff = 2.5;

    private readonly ParameterStore store = new();
    private readonly Func<double[]> step;

    /// <summary>Particles on a face-centred lattice of <paramref name="cells"/> cubes a side, four in each.</summary>
    /// <param name="cells">Cubes along each side.</param>
    /// <param name="density">Particles per volume.</param>
    /// <param name="temperature">Of the first velocities.</param>
    /// <param name="dt">Length of a step.</param>
    public Fluid(int cells, double density, double temperature, double dt)
    {
        Count = 4 * cells * cells * cells;
        Side = Math.Cbrt(Count / density);
        if (Side < 2 * Cutoff)
            throw new ArgumentException($"a box of side {Side:0.00} is smaller than two cutoffs of {Cutoff}: a particle would meet itself.");
        Variable position = new("position", [Count, 3], Init.Zeros, DType.Float64),
            velocity = new("velocity", [Count, 3], Init.Zeros, DType.Float64);
        Variable force = new("force", [Count, 3], Init.Zeros, DType.Float64);        // none on a perfect lattice
        Node half = velocity + 0.5 * dt * force, moved = position + dt * half, energy = Energy(moved);
        Node pull = -Gradient.Of(energy, [moved])[0], next = half + 0.5 * dt * pull;
        Output energies = Stack([energy, 0.5 * Sum(Square(next))]);
        var executable = new Computation([], [energies], [new(position, moved), new(velocity, next), new(force, pull)],
            "verlet").Compile(store);
        store.Set<double>("position", Lattice(cells));
        store.Set<double>("velocity", Velocities(temperature));
        step = () => executable.Run([])[0].ToArray<double>();
    }

    /// <summary>Particles.</summary>
    public int Count { get; }

    /// <summary>Length of the box.</summary>
    public double Side { get; }

    /// <summary>Positions, three numbers a particle; not folded back into the box.</summary>
    public double[] Positions => store.Get<double>("position");

    /// <summary>Velocities, three numbers a particle.</summary>
    public double[] Velocity => store.Get<double>("velocity");

    /// <summary>One step; the potential and kinetic energy after it.</summary>
    public (double Potential, double Kinetic) Step() => step() is [var potential, var kinetic] ? (potential, kinetic) : default;

    // By half of all ordered pairs: the nearest image of each other particle.
    private Node Energy(Node position)
    {
        Node apart = ExpandDims(position, 0) - ExpandDims(position, 1);
        Node square = Sum(Square(apart - Side * Round(apart / Side)), [2]);
        Node meets = And(square < Cutoff * Cutoff, square > 0);
        Node sixth = Pow(Where(meets, square, OnesLike(square)), -3);
        double atCutoff = 4 * (Math.Pow(Cutoff, -12) - Math.Pow(Cutoff, -6));
        return 0.5 * Sum(Where(meets, 4 * (sixth * sixth - sixth) - atCutoff, ZerosLike(square)));
    }

    private double[] Lattice(int cells)
    {
        double[][] corners = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]];
        return [.. from x in Enumerable.Range(0, cells)
                   from y in Enumerable.Range(0, cells)
                   from z in Enumerable.Range(0, cells)
                   from c in corners
                   from place in new[] { x + c[0], y + c[1], z + c[2] }
                   select place * Side / cells];
    }

    // Gaussian, without drift.
    private double[] Velocities(double temperature)
    {
        var random = new Random(1);
        var v = new double[3 * Count];
        for (int i = 0; i < v.Length; i++)
            v[i] = Math.Sqrt(-2 * temperature * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        for (int axis = 0; axis < 3; axis++)
        {
            double drift = Enumerable.Range(0, Count).Average(i => v[3 * i + axis]);
            for (int i = 0; i < Count; i++)
                v[3 * i + axis] -= drift;
        }
        return v;
    }
}
