using System.Runtime.CompilerServices;

namespace Adjoint.Runtime;

/// <summary>Who may touch a store's values. Readers share; updates exclude each other from their first read to their
/// last write; only the writing itself excludes readers. So a reader sees the state before or after an
/// update.</summary>
/// <remarks>An update reads without entering as a reader: nobody but an updater writes, and it is the only
/// one.</remarks>
internal sealed class StoreAccess
{
    private readonly Turnstile readers = new(open: true, Homes.Count);
    private readonly Lock updates = new();

    /// <summary>From here to <see cref="EndRead"/> values do not change. About 15 ns for the pair when nobody
    /// writes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginRead() => readers.Enter();

    /// <summary>Ends what <see cref="BeginRead"/> began.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndRead() => readers.Exit();

    /// <summary>From here to <see cref="EndUpdate"/> no other thread updates; readers go on.</summary>
    public void BeginUpdate() => updates.Enter();

    /// <summary>Ends what <see cref="BeginUpdate"/> began.</summary>
    public void EndUpdate() => updates.Exit();

    /// <summary>Within an update: waits until the readers have left and keeps new ones out.</summary>
    public void BeginCommit() => readers.Close();

    /// <summary>Ends what <see cref="BeginCommit"/> began.</summary>
    public void EndCommit() => readers.Open();
}
