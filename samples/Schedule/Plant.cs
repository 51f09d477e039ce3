using Adjoint;
using Adjoint.Solvers;
using static Adjoint.Ops;

namespace Schedule;

/// <summary>What a plan costs, part by part, in thousands.</summary>
/// <param name="Making">Material and energy, whose price depends on the hour.</param>
/// <param name="Holding">Storage.</param>
/// <param name="Late">Demand not met in time.</param>
/// <param name="Ramping">Changes of pace.</param>
/// <param name="Overload">The most by which machine hours exceed what there is.</param>
internal sealed record Costs(double Making, double Holding, double Late, double Ramping, double Overload)
{
    /// <summary>All of it, without the overload.</summary>
    public double Total => Making + Holding + Late + Ramping;
}

/// <summary>
/// A plant that makes several products for two weeks: how much of each, when? Amounts are softplus of the unknowns, so they are never
/// negative; missed demand and overload are smooth penalties. What is left is a loss that L-BFGS descends.
/// </summary>
internal sealed class Plant
{
    /// <summary>Periods: two weeks of three shifts.</summary>
    public const int Periods = 42;

    private const double Sharpness = 0.05;   // units: over how much a kink is rounded

    private readonly Node plan = Input("plan", DType.Float64, [Products, Periods]);

    /// <summary>How many products.</summary>
    public const int Products = 4;

    /// <summary>Units asked for, product by product.</summary>
    public static double[,] Demand { get; } = Table((k, t) => 6 + 2 * k + (3 + k) * Math.Sin(2 * Math.PI * (t + 5 * k) / 21.0) + (t % 21 > 14 ? 2 : 0));

    /// <summary>What a unit's energy costs: shifts by night are cheap.</summary>
    public static double[] EnergyPrice { get; } = [.. Enumerable.Range(0, Periods).Select(t => (t % 3) switch { 0 => 1.0, 1 => 1.4, _ => 0.5 })];

    /// <summary>Machine hours in each period.</summary>
    public static double Capacity => 60;

    private static readonly double[,] Hours = { { 1.0 }, { 1.2 }, { 1.5 }, { 1.1 } }, Storage = { { 0.05 }, { 0.06 }, { 0.10 }, { 0.04 } };

    private Node Amounts => Softplus(plan / Sharpness) * Sharpness;

    private static Node Over(Node x) => Softplus(x / Sharpness) * Sharpness;

    private (Node Making, Node Holding, Node Late, Node Ramping, Node Overload) Parts()
    {
        Node made = Amounts, stock = CumulativeSum(made - Constant(Demand), 1);
        Node over = Sum(made * Constant(Hours), [0]) - Capacity;
        return (Sum(made * Constant(EnergyPrice)), Sum(Over(stock) * Constant(Storage)), Sum(Over(-stock) * 4.0),
            0.02 * Sum(Square(Slice(made, 1, 1) - Slice(made, 1, 0, Periods - 1))), over);
    }

    /// <summary>Improves a plan.</summary>
    /// <param name="amounts">Units of each product in each period; changed in place.</param>
    public SolverReport Improve(double[,] amounts)
    {
        var p = Parts();
        Node loss = p.Making + p.Holding + p.Late + p.Ramping + 20.0 * Sum(Square(Over(p.Overload)));
        double[] unknowns = [.. amounts.Cast<double>().Select(Inverse)];
        var report = new LBfgs(new([plan], [loss]),
            options: new() { GradientTolerance = 1e-5, MaxIterations = 4000, ReductionTolerance = 1e-12 }).Minimise(unknowns);
        for (int i = 0; i < unknowns.Length; i++)
            amounts[i / Periods, i % Periods] = Sharpness * Math.Log(1 + Math.Exp(-Math.Abs(unknowns[i] / Sharpness)))
            + Math.Max(unknowns[i], 0);
        return report;
    }

    /// <summary>What a plan costs.</summary>
    public Costs CostsOf(double[,] amounts)
    {
        var p = Parts();
        double[] unknowns = [.. amounts.Cast<double>().Select(Inverse)];
        var y = new Computation([plan], [Stack([p.Making, p.Holding, p.Late, p.Ramping, Max(p.Overload)])]).Compile()
            .Run(HostTensor.From(unknowns, [Products, Periods]))[0].ToArray<double>();
        return new(y[0], y[1], y[2], y[3], Math.Max(0, y[4]));
    }

    /// <summary>Each unit in the period in which it is asked for.</summary>
    public static double[,] JustInTime() => (double[,])Demand.Clone();

    /// <summary>The same amount in every period.</summary>
    public static double[,] Level() => Table((k, _) => Enumerable.Range(0, Periods).Average(t => Demand[k, t]));

    // Of the softplus; amounts of nothing become a little.
    private static double Inverse(double amount) =>
        amount > 30 * Sharpness ? amount : Sharpness * Math.Log(Math.Exp(Math.Max(amount, 1e-3) / Sharpness) - 1);

    private static double[,] Table(Func<int, int, double> at)
    {
        var table = new double[Products, Periods];
        for (int k = 0; k < Products; k++)
            for (int t = 0; t < Periods; t++)
                table[k, t] = at(k, t);
        return table;
    }
}
