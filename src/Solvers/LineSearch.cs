namespace Adjoint.Solvers;

/// <summary>
/// Finds a step with enough descent and a flat enough slope (the strong Wolfe conditions): widen until they are bracketed, then narrow by
/// cubic interpolation. J. Nocedal, S. Wright, Numerical Optimization, 2nd edition, algorithms 3.5 and 3.6.
/// </summary>
/// <param name="objective">Start and direction are set.</param>
/// <param name="curvature">How much of the slope may be left: 0.9 for quasi-Newton directions, 0.1 to 0.4 for conjugate gradients.</param>
internal readonly struct LineSearch(Objective objective, double curvature)
{
    private const double Descent = 1e-4;
    private const int Most = 60;

    private readonly record struct Trial(double T, double Value, double Slope);

    /// <summary>
    /// Searches from a first step; afterwards the objective is evaluated at the step found.
    /// </summary>
    /// <param name="value">At the start.</param>
    /// <param name="slope">At the start, negative.</param>
    /// <param name="first">The first step to try.</param>
    /// <returns>The step; 0 where none lowers the value.</returns>
    public double Find(double value, double slope, double first)
    {
        Trial start = new(0, value, slope), last = start;
        double t = first;
        for (int i = 0; i < Most; i++)
        {
            var trial = At(t);
            if (!Descends(start, trial) || (i > 0 && trial.Value >= last.Value))
                return Narrow(start, last, trial);
            if (Math.Abs(trial.Slope) <= -curvature * slope || trial.Value == double.NegativeInfinity)
                return t;
            if (trial.Slope >= 0)
                return Narrow(start, trial, last);
            (last, t) = (trial, t * 3);
        }
        return last.T;
    }

    // low: the best step so far that descends enough; the slope there points toward high.
    private double Narrow(Trial start, Trial low, Trial high)
    {
        for (int i = 0; i < Most && Math.Abs(high.T - low.T) > 1e-16 * Math.Max(low.T, high.T); i++)
        {
            var trial = At(Between(low, high));
            if (!Descends(start, trial) || trial.Value >= low.Value)
            {
                high = trial;
                continue;
            }
            if (Math.Abs(trial.Slope) <= -curvature * start.Slope)
                return trial.T;
            if (trial.Slope * (high.T - low.T) >= 0)
                high = low;
            low = trial;
        }
        if (low.T > 0)
            At(low.T);
        return low.T;
    }

    private Trial At(double t) => objective.Evaluate(t) || objective.Value == double.NegativeInfinity
        ? new(t, objective.Value, objective.Slope) : new(t, double.PositiveInfinity, double.NaN);

    private static bool Descends(Trial start, Trial trial) =>
        trial.Value <= start.Value + Descent * trial.T * start.Slope && trial.Value < start.Value;

    // The minimum of the cubic with these values and slopes, kept away from the ends; the middle where there is none.
    private static double Between(Trial a, Trial b)
    {
        double width = b.T - a.T, middle = a.T + 0.5 * width;
        double d1 = a.Slope + b.Slope - 3 * (b.Value - a.Value) / width, root = Math.Sqrt(d1 * d1 - a.Slope * b.Slope) * Math.Sign(width);
        double t = b.T - width * (b.Slope + root - d1) / (b.Slope - a.Slope + 2 * root);
        double share = (t - a.T) / width;
        return share is >= 0.1 and <= 0.9 ? t : double.IsNaN(share) ? middle : a.T + Math.Clamp(share, 0.1, 0.9) * width;
    }
}
