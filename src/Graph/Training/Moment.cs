namespace Adjoint;

/// <summary>What optimisers remember of gradients: sums of which a step keeps a share.</summary>
internal static class Moment
{
    /// <summary><c>share · state + gained</c>, and 0 where that is smaller than every normal number of its type.</summary>
    /// <remarks>
    /// Where gradients stay 0, as behind a dead unit or an empty pixel, a sum sinks among the subnormal
    /// numbers and never leaves them: the last ones, times 0.9, round to themselves. Processors take
    /// over a hundred cycles to add or multiply a vector that holds one, at every later step.
    /// </remarks>
    public static Node Next(Node state, double share, Node gained)
    {
        Node next = share * state + gained;
        double leastNormal = next.DType == DType.Float32 ? Math.ScaleB(1, -126) : Math.ScaleB(1, -1022);
        return Ops.Where(Ops.Abs(next) < leastNormal, Ops.Scalar(next.DType, 0), next);
    }
}
