namespace Adjoint.Benchmarks;

/// <summary>The peers that are installed. None is needed: without one its rows are missing, and no others.</summary>
internal sealed class PeerSet(IReadOnlyList<Peer> peers) : IDisposable
{
    /// <summary>No peers: baselines of this process only.</summary>
    public static PeerSet None { get; } = new([]);

    /// <summary>Starts the commands that a file lists, one in a line; those that do not start are named and left out.</summary>
    public static PeerSet Start(string file)
    {
        var peers = new List<Peer>();
        foreach (string command in File.ReadLines(file).Where(line => line.Length > 0))
            try
            {
                peers.Add(new(command));
            }
            catch (InvalidOperationException problem)
            {
                Console.Error.WriteLine($"left out: {problem.Message}");
            }
        return new(peers);
    }

    /// <summary>Library and version of each.</summary>
    public IEnumerable<string> Names => peers.Select(p => p.Name);

    /// <summary>Readies a case in every peer that has it.</summary>
    public Opened Open(string suite, string name) => new([.. peers.Where(p => p.Open(suite, name))]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var peer in peers)
            peer.Dispose();
    }

    /// <summary>A case that lies ready in some peers.</summary>
    public sealed class Opened(Peer[] able) : IDisposable
    {
        /// <summary>The peers as sides.</summary>
        public IEnumerable<Side> Sides => able.Select(p => new OtherProcess(p));

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach (var peer in able)
                peer.Close();
        }
    }

    private sealed class OtherProcess(Peer peer) : Side(peer.Name)
    {
        public override double Least(double seconds) => peer.Time(seconds);
    }
}
