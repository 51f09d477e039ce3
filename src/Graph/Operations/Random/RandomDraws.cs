using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>Random bits: every int32, or int64, is as likely as any other.</summary>
    /// <param name="key">Where they come from.</param>
    /// <param name="shape">The result's shape; at most 2³¹ - 1 elements.</param>
    /// <param name="dtype">int32 or int64; int32 by default.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The shape is too large, or the type another one.</exception>
    public static Node RandomBits(RandomKey key, Shape shape, DType? dtype = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Drawn("random-bits", key, Origin.At(file, line), k => dtype is null || dtype == DType.Int32
            ? k.Draw(shape, 0, 0)
            : dtype == DType.Int64 ? Node.Of(new JoinWords(), Origin.At(file, line), k.Draw(shape, 0, 0),
                k.Draw(shape, 1, 0))
            : throw new GraphException($"random bits are int32 or int64, not {dtype} ({Origin.At(file, line)})."));

    /// <summary>
    /// Uniform numbers from 0 to 1, which is never reached: multiples of 2⁻²⁴ or 2⁻⁵³. Scale and shift them for other
    /// bounds.
    /// </summary>
    /// <param name="key">Where they come from.</param>
    /// <param name="shape">The result's shape; at most 2³¹ - 1 elements.</param>
    /// <param name="dtype">float32 by default.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The shape is too large, or the type no float.</exception>
    public static Node RandomUniform(RandomKey key, Shape shape, DType? dtype = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Drawn("random-uniform", key, Origin.At(file, line), k => Number(new UnitInterval(FloatOf(dtype)), k, shape, 0));

    /// <summary>
    /// Normal numbers of mean 0 and variance 1, by the method of Box and Muller, from 31 or 63 bits of radius: tails to
    /// 6.6 or 9.4.
    /// </summary>
    /// <inheritdoc cref="RandomUniform"/>
    public static Node RandomNormal(RandomKey key, Shape shape, DType? dtype = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Drawn("random-normal", key, Origin.At(file, line), k =>
        {
            var type = FloatOf(dtype);
            Node radius = Sqrt(Log(Number(new PositiveUnit(type), k, shape, 0)) * -2);
            Node turn = type == DType.Float32 ? Node.Of(new UnitInterval(type), Origin.None, k.Draw(shape, 1, 0))
                : Number(new UnitInterval(type), k, shape, 1);
            return radius * Cos(turn * (2 * Math.PI));
        });

    /// <summary>Exponential numbers of mean 1, <c>-log u</c>.</summary>
    /// <inheritdoc cref="RandomUniform"/>
    public static Node RandomExponential(RandomKey key, Shape shape, DType? dtype = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Drawn("random-exponential", key, Origin.At(file, line), k =>
            -Log(Number(new PositiveUnit(FloatOf(dtype)), k, shape, 0)));

    /// <summary>
    /// Gumbel numbers, <c>-log(-log(1 - u))</c>: added to logits, the largest is a sample of their softmax.
    /// </summary>
    /// <inheritdoc cref="RandomUniform"/>
    public static Node RandomGumbel(RandomKey key, Shape shape, DType? dtype = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Drawn("random-gumbel", key, Origin.At(file, line), k =>
            -Log(-Log1p(-Number(new PositiveUnit(FloatOf(dtype)), k, shape, 0))));

    /// <summary>Truth values, each true with its probability: never for 0, always for 1.</summary>
    /// <param name="key">Where they come from.</param>
    /// <param name="probability">Floats.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A bool tensor of the shape of <paramref name="probability"/>.</returns>
    public static Node RandomBernoulli(RandomKey key, Node probability,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return RandomUniform(key, probability.Shape, probability.DType) < probability;
    }

    /// <summary>
    /// A class per row, drawn with the probabilities of <c>softmax(logits)</c> along an axis: int64. A logit -∞ is
    /// never drawn.
    /// </summary>
    /// <param name="key">Where they come from.</param>
    /// <param name="logits">Floats: logarithms of probabilities, up to a constant.</param>
    /// <param name="axis">The axis of the classes; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node RandomCategorical(RandomKey key, Node logits, int axis = -1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return ArgMax(logits + RandomGumbel(key, logits.Shape, logits.DType), axis);
    }

    /// <summary>0 to <paramref name="count"/> - 1 in random order, as int64: positions sorted by random bits.</summary>
    /// <param name="key">Where it comes from.</param>
    /// <param name="count">How many.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node RandomPermutation(RandomKey key, Dim count,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return ArgSort(RandomBits(key, [count], DType.Int64));
    }

    /// <summary>
    /// In training, elements become 0 with a probability and the others grow, <c>y = keep ? x / (1 - p) : 0</c>, so
    /// that the mean stays; else x.
    /// </summary>
    /// <param name="x">Floats.</param>
    /// <param name="key">Where the choice comes from; another one for each step.</param>
    /// <param name="probability">Of becoming 0, from 0 to 1; with 1 everything is 0.</param>
    /// <param name="training">Whether to drop anything.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The probability is none.</exception>
    public static Node Dropout(Node x, RandomKey key, double probability = 0.5, bool training = true,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        if (!(probability >= 0 && probability <= 1))
            throw GraphException.For("dropout", [x], origin, $"the probability is {probability}", "use 0 to 1");
        if (!training || probability == 0)
            return x;
        if (probability == 1)
            return ZerosLike(x);
        return Call.Of("dropout", origin, [x, key.Words], a =>
        {
            var kept = RandomUniform(RandomKey.From(a[1]), x.Shape, DType.Float32) >= probability;
            return Where(kept, a[0] * (1 / (1 - probability)), ZerosLike(a[0]));
        });
    }

    private static Node Drawn(string title, RandomKey key, Origin origin, Func<RandomKey, Node> draw) =>
        Call.Of(title, origin, [key.Words], a => draw(RandomKey.From(a[0])));

    private static DType FloatOf(DType? dtype) => dtype is null ? DType.Float32 : dtype.IsFloat ? dtype
        : throw new GraphException($"random numbers are float32 or float64, not {dtype} ({Origin.At("", 0)}).");

    private static Node Number(WordsAsNumber op, RandomKey key, Shape shape, int stream) =>
        Node.Of(op, Origin.At("", 0), [.. Enumerable.Range(0, op.Arity).Select(word => key.Draw(shape, word, stream))]);
}
