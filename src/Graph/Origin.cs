using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>A line that a user wrote.</summary>
/// <param name="File">Path as the compiler saw it, or the method's name where no line is known.</param>
/// <param name="Line">Line number, 0 if unknown.</param>
public readonly record struct SourceLine(string File, int Line)
{
    /// <summary>File name without folders, and line.</summary>
    public override string ToString() => Line > 0 ? $"{Path.GetFileName(File)}:{Line}" : File;
}

/// <summary>Where the user wrote what became a node. Cheap to capture and to merge; resolved to lines only when shown.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract class Origin
{
    [ThreadStatic] private static Origin? ambient;

    /// <summary>Of nodes that nobody wrote, such as constants of a pass without an ambient origin.</summary>
    public static Origin None { get; } = new Written("", 0);

    /// <summary>The user's lines, most telling first, without repetition.</summary>
    public IEnumerable<SourceLine> Lines => Leaves().SelectMany(o => o.Own()).Where(l => l.File.Length > 0).Distinct();

    /// <summary>The node whose derivative this belongs to, if any.</summary>
    public virtual string? DerivativeOf => null;

    /// <summary>The given line, or the ambient origin where a composite or a pass has set one.</summary>
    public static Origin At(string file, int line) => ambient ?? new Written(file, line);

    /// <summary>The caller of the operator that calls this: method and IL offset, read from the stack now, resolved when shown.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Origin OfOperator() => ambient ?? new Captured(new StackFrame(2, needFileInfo: false));

    /// <summary>Everything built until the result is disposed has this origin.</summary>
    public static Ambience Under(Origin origin)
    {
        var outer = ambient;
        ambient = origin;
        return new(outer);
    }

    /// <summary>Both origins, in O(1): what a rewrite gives to the node that replaces others.</summary>
    public static Origin Union(Origin a, Origin b) =>
        ReferenceEquals(a, b) || ReferenceEquals(b, None) ? a : ReferenceEquals(a, None) ? b : new Merged(a, b);

    /// <summary>This origin, marked as belonging to the derivative of <paramref name="of"/>.</summary>
    public Origin AsDerivative(string of) => new Derivative(this, of);

    /// <summary>The lines, comma-separated, at most three.</summary>
    public override string ToString()
    {
        var lines = Lines.Take(4).Select(l => l.ToString()).ToList();
        string text = lines.Count > 3 ? string.Join(", ", lines.Take(3)) + ", ..." : string.Join(", ", lines);
        return DerivativeOf is { } of ? $"derivative of {of} {text}" : text;
    }

    /// <summary>
    /// Whether both stand for the same lines for certain: found without
    /// resolving any. Merged ones are the same only if they are one object.
    /// </summary>
    internal bool IsSame(Origin other) => ReferenceEquals(this, other) || Identity.Equals(other.Identity);

    /// <summary>What tells origins apart.</summary>
    internal virtual object Identity => this;

    /// <summary>A hash of <see cref="Identity"/>: asked of every node, so without making that.</summary>
    internal virtual int IdentityHash => Identity.GetHashCode();

    private protected abstract IEnumerable<SourceLine> Own();

    private protected virtual (Origin, Origin)? Parts => null;

    // A merge tree can be as deep as a chain of rewrites: walk it with a stack of our own, and stop at enough leaves.
    private IEnumerable<Origin> Leaves()
    {
        var pending = new Stack<Origin>([this]);
        for (int seen = 0; pending.Count > 0 && seen < 256; seen++)
        {
            var next = pending.Pop();
            if (next.Parts is var (first, second))
            {
                pending.Push(second);
                pending.Push(first);
            }
            else
            {
                yield return next;
            }
        }
    }

    /// <summary>Restores the ambient origin that was in force before.</summary>
    public readonly struct Ambience : IDisposable
    {
        private readonly Origin? outer;

        internal Ambience(Origin? outer) => this.outer = outer;

        /// <inheritdoc/>
        public void Dispose() => ambient = outer;
    }

    private sealed class Written(string file, int line) : Origin
    {
        internal override object Identity => (file, line);

        internal override int IdentityHash => HashCode.Combine(file, line);

        private protected override IEnumerable<SourceLine> Own() => [new(file, line)];
    }

    private sealed class Captured(StackFrame frame) : Origin
    {
        internal override object Identity => (frame.GetMethod(), frame.GetILOffset());

        internal override int IdentityHash => HashCode.Combine(frame.GetMethod(), frame.GetILOffset());

        private protected override IEnumerable<SourceLine> Own() => [SourceLines.Of(frame)];
    }

    private sealed class Merged(Origin a, Origin b) : Origin
    {
        public override string? DerivativeOf => a.DerivativeOf;

        private protected override (Origin, Origin)? Parts => (a, b);

        private protected override IEnumerable<SourceLine> Own() => [];
    }

    private sealed class Derivative(Origin of, string name) : Origin
    {
        public override string? DerivativeOf => name;

        internal override object Identity => (of.Identity, name);

        internal override int IdentityHash => HashCode.Combine(of.IdentityHash, name);

        private protected override IEnumerable<SourceLine> Own() => of.Lines;
    }
}
