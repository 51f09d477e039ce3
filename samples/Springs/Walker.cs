using Adjoint;
using static Adjoint.Ops;

namespace Springs;

/// <summary>
/// A soft body of masses and springs on rough ground, whose springs are muscles: their rest lengths swing with amplitudes and phases that
/// are learned, through the whole simulation, so that the body walks.
/// </summary>
/// <remarks>
/// Semi-implicit Euler. Ground: a stiff spring below height 0, and friction that grows with its pressure. All steps are one graph, its
/// gradient another walk through it backward; both are compiled once.
/// </remarks>
internal sealed class Walker
{
    public const int Steps = 240;

    private const double Dt = 0.01, Stiffness = 600, Damping = 1.2, Gravity = 9.8, GroundStiffness = 2000,
        GroundFriction = 12, Frequency = 2.2;

    private readonly (double X, double Y)[] rest;
    private readonly int[] from, to;
    private readonly double[] lengths;

    /// <summary>The distance walked; positions of all masses after each step; and slopes of the distance by the muscles.</summary>
    public delegate double Walk(ReadOnlySpan<double> muscles, Span<double> slopes, Span<double> track);

    /// <summary>A body of <paramref name="columns"/> columns and three rows of masses, braced crosswise.</summary>
    public Walker(int columns)
    {
        rest = [.. from c in Enumerable.Range(0, columns) from r in Enumerable.Range(0, 3) select (c * 0.5, r * 0.5)];
        var springs = (from i in Enumerable.Range(0, rest.Length)
                       from j in Enumerable.Range(i + 1, rest.Length - i - 1)
                       let far = Distance(rest[i], rest[j])
                       where far < 0.75
                       select (i, j, far)).ToArray();
        (from, to, lengths) = ([.. springs.Select(s => s.i)], [.. springs.Select(s => s.j)], [.. springs.Select(s => s.far)]);
    }

    /// <summary>Masses.</summary>
    public int Masses => rest.Length;

    /// <summary>Springs as pairs of masses.</summary>
    public IEnumerable<(int From, int To)> Springs => from.Zip(to);

    /// <summary>Numbers to learn: an amplitude and a phase per spring.</summary>
    public int Muscles => 2 * from.Length;

    /// <summary>Compiles the simulation and its gradient.</summary>
    public Walk Compile()
    {
        Node muscles = Input("muscles", DType.Float64, [2, from.Length]);
        Node x = Constant(rest.Select(p => p.X).ToArray()), y = Constant(rest.Select(p => p.Y).ToArray()),
            vx = ZerosLike(x), vy = ZerosLike(y);
        var track = new List<Node>();
        for (int i = 0; i < Steps; i++)
        {
            (Node fx, Node fy) = Forces(x, y, vx, vy, Targets(muscles, i * Dt));
            (vx, vy) = (vx + Dt * fx, vy + Dt * fy);
            (x, y) = (x + Dt * vx, y + Dt * vy);
            track.Add(Stack([x, y], 1));
        }
        Node distance = Mean(x) - rest.Average(p => p.X);
        return new Computation([muscles], [distance, Gradient.Of(distance, [muscles])[0], Stack([.. track])],
            name: "walker").Compile<Walk>();
    }

    // Rest lengths at a time: a muscle shortens and stretches by at most a fifth.
    private Node Targets(Node muscles, double time)
    {
        Node amplitude = Reshape(Slice(muscles, 0, 0, 1), [from.Length]), phase = Reshape(Slice(muscles, 0, 1, 2), [from.Length]);
        return Constant(lengths) * (1 + 0.2 * Tanh(amplitude) * Sin(2 * Math.PI * Frequency * time + phase));
    }

    private (Node X, Node Y) Forces(Node x, Node y, Node vx, Node vy, Node targets)
    {
        Node i = Constant(from), j = Constant(to);
        Node dx = Gather(x, j) - Gather(x, i), dy = Gather(y, j) - Gather(y, i), far = Sqrt(Square(dx) + Square(dy));
        Node along = (Gather(vx, j) - Gather(vx, i)) * dx / far + (Gather(vy, j) - Gather(vy, i)) * dy / far;
        Node pull = (Stiffness * (far - targets) + Damping * along) / far;
        Node OnEach(Node force) => ScatterAdd(ScatterAdd(ZerosLike(x), i, force), j, -force);
        Node pressure = GroundStiffness * Relu(-y);
        return (OnEach(pull * dx) - GroundFriction * Tanh(pressure * 0.1) * vx,
            OnEach(pull * dy) - Gravity + pressure - 8 * Tanh(pressure * 0.1) * vy);
    }

    private static double Distance((double X, double Y) a, (double X, double Y) b) =>
        Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2));
}
