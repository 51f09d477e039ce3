namespace Adjoint;

/// <summary>A path of names for the nodes built inside it; shown as clusters in DOT and in messages.</summary>
/// <example><code>using (NameScope.Enter("encoder")) hidden = Relu(MatMul(x, w) + b);</code></example>
public static class NameScope
{
    [ThreadStatic] private static string? current;

    /// <summary>The path in force on this thread, such as <c>encoder/layer1</c>; empty outside any scope.</summary>
    public static string Current => current ?? "";

    /// <summary>Nodes built until the result is disposed lie in the scope <paramref name="name"/> inside the current one.</summary>
    public static Exit Enter(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Set(Current.Length == 0 ? name : $"{Current}/{name}");
    }

    /// <summary>Nodes built until the result is disposed lie in exactly this path: what passes use to keep a node's scope.</summary>
    public static Exit Set(string path)
    {
        var exit = new Exit(Current);
        current = path;
        return exit;
    }

    /// <summary>Restores the scope that was in force before.</summary>
    public readonly struct Exit : IDisposable
    {
        private readonly string outer;

        internal Exit(string outer) => this.outer = outer;

        /// <inheritdoc/>
        public void Dispose() => current = outer;
    }
}
