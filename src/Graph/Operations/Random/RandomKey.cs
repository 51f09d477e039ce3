using Adjoint.Operations;

namespace Adjoint;

/// <summary>
/// What random draws come from: 64 bits, known or data. A draw is a pure function of its
/// key and of each element's position, so the same key gives the same numbers again, on
/// any machine and any number of threads. Whoever wants others splits the key first.
/// </summary>
/// <remarks>Immutable. A key that is drawn from should not be split or folded as well, nor drawn from twice but to get
/// the same numbers.</remarks>
/// <example><code>
/// RandomKey[] keys = RandomKey.Of(seed: 1).Fold(step).Split(2);
/// Node dropped = Dropout(x, keys[0], 0.1), noise = RandomNormal(keys[1], x.Shape);
/// </code></example>
public sealed record RandomKey
{
    // Second words of the counter: draws count up from 0, and these stay clear of them.
    private const int Splits = -1, Folds = -2;

    private RandomKey(Node words) => Words = words;

    /// <summary>The key as a tensor: two int32.</summary>
    public Node Words { get; }

    /// <summary>A key that is known now.</summary>
    public static RandomKey Of(long seed) => new(Ops.Constant(new[] { unchecked((int)seed), (int)(seed >> 32) }, "",
        0));

    /// <summary>A key that is data: an argument or a variable of two int32.</summary>
    /// <exception cref="GraphException">It has another type.</exception>
    public static RandomKey From(Node words) => words.Rank == 1 && words.Shape[0] == 2 && words.DType == DType.Int32
        ? new(words)
        : throw GraphException.For("random-key", [words], words.Apply.Origin, $"a key is no {words.Type}",
            "give int32[2]");

    /// <summary>Keys that have nothing to do with each other.</summary>
    public RandomKey[] Split(int count) => [.. Enumerable.Range(0, count).Select(i =>
        At(Ops.Scalar(DType.Int32, i, "", 0), Splits))];

    /// <summary>Another key for each number: the step of a loop, the index of a layer.</summary>
    public RandomKey Fold(int number) => Fold(Ops.Scalar(DType.Int32, number, "", 0));

    /// <summary>Another key for each number, an int32 scalar that is data.</summary>
    /// <exception cref="GraphException">The number is no int32 scalar.</exception>
    public RandomKey Fold(Node number) => number.Type == TensorType.Scalar(DType.Int32) ? At(number, Folds)
        : throw GraphException.For("random-key", [number], number.Apply.Origin, $"{number.Type} is folded into a key",
            "convert it, e.g. Convert(step, DType.Int32)");

    /// <summary>
    /// A word of the cipher under this key per element, at the element's row-major position in a stream of draws.
    /// </summary>
    internal Node Draw(Shape shape, int word, int stream) =>
        shape.ElementCount.TryConstant(out long count) && count > int.MaxValue
            ? throw new GraphException($"{shape} holds {count} elements, a draw at most {int.MaxValue}; split the key and draw in pieces.")
            : Word(word, Ops.FlatPositions(shape, DType.Int32), stream);

    private RandomKey At(Node number, int stream) => new(Ops.Stack([Word(0, number, stream), Word(1, number, stream)]));

    private Node Word(int word, Node position, int stream)
    {
        Node Half(int i) => Ops.BroadcastTo(Ops.Reshape(Ops.Slice(Words, 0, i, i + 1), []), position.Shape);
        return Node.Of(new Threefry(word), Origin.At("", 0), Half(0), Half(1), position,
            Ops.BroadcastTo(Ops.Scalar(DType.Int32, stream), position.Shape));
    }
}
