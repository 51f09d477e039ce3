using Functions = System.Collections.Immutable.ImmutableArray<System.Func<Adjoint.Node, Adjoint.Node>>;

namespace Adjoint;

/// <summary>What tells one kind of recurrent layer from another.</summary>
/// <param name="Title">The composite's name.</param>
/// <param name="Gates">How many gates' weights stand below each other.</param>
/// <param name="Defaults">Activations where none are given.</param>
/// <param name="Cell">Its step.</param>
internal sealed record RecurrentKind(string Title, int Gates, Functions Defaults,
    Func<CellWeights, RecurrentOptions, Functions, RecurrentCell> Cell)
{
    public static RecurrentKind Simple { get; } = new("rnn", 1, [x => Ops.Tanh(x)], (w, o, f) => new SimpleCell(w, o, f));

    public static RecurrentKind Gated { get; } =
        new("gru", 3, [x => Ops.Sigmoid(x), x => Ops.Tanh(x)], (w, o, f) => new GatedCell(w, o, f));

    public static RecurrentKind LongShort { get; } =
        new("lstm", 4, [x => Ops.Sigmoid(x), x => Ops.Tanh(x), x => Ops.Tanh(x)], (w, o, f) => new LongShortCell(w, o, f));

    /// <summary>
    /// The activations of one direction of several: the defaults, those given for all, or its own part of those given for
    /// each.
    /// </summary>
    /// <exception cref="GraphException">There are too few or too many.</exception>
    public Functions ActivationsOf(RecurrentOptions options, int direction, int directions, Origin origin)
    {
        int own = Defaults.Length;
        var given = options.Activations;
        return given.Length == 0 ? Defaults
            : given.Length == own ? given
            : given.Length == own * directions ? given.Slice(direction * own, own)
            : throw GraphException.For(Title, [], origin,
                $"{given.Length} activations for {directions} directions of {own}", $"give {own}, or {own} per direction");
    }
}
