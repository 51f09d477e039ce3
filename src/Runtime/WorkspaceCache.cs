using Microsoft.Extensions.ObjectPool;

namespace Adjoint.Runtime;

/// <summary>The idle workspaces of one plan. Each thread has a home slot, two atomic exchanges for a call; what does
/// not fit goes to an <see cref="ObjectPool{T}"/>. A thread whose home is empty looks into the other slots before a new
/// workspace is made, so there are never more than there were calls at once.</summary>
/// <remarks>The slots belong to the plan, not to the threads: they die with it, and a thread that ends leaves its
/// workspace to the others.</remarks>
internal sealed class WorkspaceCache(Func<Workspace> create)
{
    private readonly Workspace?[] slots = new Workspace?[Homes.ArrayLength];
    private readonly ObjectPool<Workspace> overflow = new DefaultObjectPool<Workspace>(new Policy(create), Homes.Count);

    /// <summary>A workspace that nobody else holds.</summary>
    public Workspace Rent() => Interlocked.Exchange(ref slots[Homes.Mine], null) ?? RentElsewhere();

    /// <summary>Gives back what <see cref="Rent"/> gave.</summary>
    public void Return(Workspace workspace)
    {
        var displaced = Interlocked.Exchange(ref slots[Homes.Mine], workspace);
        if (displaced is not null) overflow.Return(displaced);
    }

    private Workspace RentElsewhere()
    {
        for (int i = 0; i < slots.Length; i += Homes.Stride)
            if (Volatile.Read(ref slots[i]) is not null && Interlocked.Exchange(ref slots[i], null) is { } found)
                return found;
        return overflow.Get();
    }

    private sealed class Policy(Func<Workspace> create) : PooledObjectPolicy<Workspace>
    {
        public override Workspace Create() => create();

        public override bool Return(Workspace obj) => true;
    }
}
