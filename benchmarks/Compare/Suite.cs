namespace Adjoint.Benchmarks;

/// <summary>What belongs together, in the order in which it is measured.</summary>
internal sealed class Suite
{
    private const double SecondsEach = 0.25, Rest = 0.1;
    private readonly Func<Func<string, bool>, PeerSet, IEnumerable<Measurement>> measure;

    /// <summary>Workloads, which the runner times in turns with what they name and with peers. Prefer this.</summary>
    public Suite(Func<IEnumerable<Workload>> workloads) => measure =
        (wanted, peers) => workloads().Where(w => wanted(w.Case)).SelectMany(w => Measure(w, peers));

    /// <summary>Measurements that have a way of their own: compilations, bytes, what is not one call of a delegate.</summary>
    public Suite(Func<IEnumerable<Measurement>> measurements) => measure =
        (wanted, _) => measurements().Where(m => wanted(m.Case));

    /// <summary>Measures cases of wanted names one after the other, while they are asked for.</summary>
    public IEnumerable<Measurement> Measure(Func<string, bool> wanted, PeerSet peers) => measure(wanted, peers);

    private static IEnumerable<Measurement> Measure(Workload w, PeerSet peers)
    {
        using var present = peers.Open(w.Suite, w.Case);
        Side[] others = [.. w.Rivals.Select(r => new InProcess(r.Name, r.Call)), .. present.Sides];
        double[] seconds = Alternate.Time([new InProcess("adjoint", w.Call), .. others], SecondsEach,
            Scaling.OnTwoThreads(w.Case) ? Rest : 0);
        return
        [
            .. w.Floors.Select(f => new Measurement(w.Suite, w.Case, seconds[0], f.Name, f.Seconds)),
            .. others.Select((o, i) => new Measurement(w.Suite, w.Case, seconds[0], o.Name, seconds[i + 1])),
        ];
    }
}
