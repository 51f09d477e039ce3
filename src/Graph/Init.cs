using System.Buffers;
using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>How a variable gets its first value: a function of element type and shape, the same on every machine.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class Init
{
    private delegate void Filling(TensorType type, Span<byte> elements);

    private readonly Filling fill;

    private Init(string name, Filling fill) => (Name, this.fill) = (name, fill);

    /// <summary>What it is called in listings.</summary>
    public string Name { get; }

    /// <summary>Bytes of memory that stay alive as long as this does.</summary>
    internal long HeldBytes { get; private init; }

    /// <summary>All zeros.</summary>
    public static Init Zeros { get; } = Constant(0);

    /// <summary>All ones.</summary>
    public static Init Ones { get; } = Constant(1);

    /// <summary>One value everywhere.</summary>
    public static Init Constant(double value) =>
        Of(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"constant {value}"), _ => new Same(value));

    /// <summary>The given values.</summary>
    /// <exception cref="ArgumentException">When used: type or shape differ from the variable's.</exception>
    public static Init Values(HostTensor values) => new("values", (t, elements) =>
    {
        if (values.DType != t.DType || !values.Shape.SequenceEqual(ExtentsOf(t)))
            throw new ArgumentException($"initial values are {values}, the variable is {t}.");
        values.Bytes.CopyTo(elements);
    })
    {
        HeldBytes = (long)values.Length * values.DType.Size,
    };

    /// <summary>Uniform on [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static Init Uniform(double low, double high, int seed) => Of($"uniform, seed {seed}", _ => new Uniforms(seed, low, high - low));

    /// <summary>Normal with the given mean and standard deviation.</summary>
    public static Init Normal(double mean, double deviation, int seed) =>
        Of($"normal, seed {seed}", _ => new Normals(seed, mean, deviation));

    /// <summary>Normal with variance 2 / fan-in, for layers followed by relu. K. He et al., "Delving Deep into Rectifiers", 2015.</summary>
    public static Init HeNormal(int seed) => Of($"he normal, seed {seed}", t => new Normals(seed, 0, Math.Sqrt(2 / FanIn(t))));

    /// <summary>Uniform with variance 2 / (fan-in + fan-out). X. Glorot, Y. Bengio, "Understanding the Difficulty", 2010.</summary>
    public static Init GlorotUniform(int seed) =>
        Of($"glorot uniform, seed {seed}", t => new Centred(seed, Math.Sqrt(6 / (FanIn(t) + FanOut(t)))));

    /// <summary>The first value of a variable of type <paramref name="type"/>.</summary>
    /// <exception cref="ArgumentException">Given values are of another type or shape.</exception>
    public HostTensor Create(TensorType type)
    {
        var result = HostTensor.Zeros(type.DType, ExtentsOf(type));
        fill(type, result.Bytes);
        return result;
    }

    /// <summary>Writes the first value of a variable of type <paramref name="type"/> over memory of its size.</summary>
    /// <exception cref="ArgumentException">Given values are of another type or shape.</exception>
    internal void Fill(TensorType type, Span<byte> elements) => fill(type, elements);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static double FanIn(TensorType t) =>
        t.Rank == 0 ? 1 : Math.Max(1, t.Shape.ElementCount.Constant / (double)Math.Max(1, t.Shape[-1].Constant));

    private static double FanOut(TensorType t) => t.Rank == 0 ? 1 : t.Shape[-1].Constant;

    private static Init Of<TElements>(string name, Func<TensorType, TElements> elementsOf) where TElements : struct, IElements =>
        new(name, (type, elements) => type.DType.Visit(new Maker<TElements>(elementsOf(type))).Fill(elements));

    private static long[] ExtentsOf(TensorType type) => type.Shape.Evaluate(new Dictionary<string, long>());

    /// <summary>What the elements are, each known without those before it, on any thread.</summary>
    private interface IElements
    {
        double At(int index);
    }

    private readonly struct Same(double value) : IElements
    {
        public double At(int index) => value;
    }

    private readonly struct Uniforms(int seed, double low, double width) : IElements
    {
        public double At(int index) => low + width * Counter.Draw(Counter.Of(seed, index));
    }

    // On [-scale, scale).
    private readonly struct Centred(int seed, double scale) : IElements
    {
        public double At(int index) => scale * (2 * Counter.Draw(Counter.Of(seed, index)) - 1);
    }

    // Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958; 1 - u keeps the logarithm finite.
    private readonly struct Normals(int seed, double mean, double deviation) : IElements
    {
        public double At(int index)
        {
            ulong at = Counter.Of(seed, 2L * index);
            double radius = Math.Sqrt(-2 * Math.Log(1 - Counter.Draw(at)));
            return mean + deviation * (radius * Math.Cos(2 * Math.PI * Counter.Draw(at + Counter.Golden)));
        }
    }

    /// <summary>Random numbers by their index: SplitMix64 of G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number
    /// Generators", 2014.</summary>
    private static class Counter
    {
        public const ulong Golden = 0x9E3779B97F4A7C15;

        public static ulong Of(int seed, long index) => (ulong)seed + (ulong)index * Golden;

        // Uniform on [0, 1).
        public static double Draw(ulong at)
        {
            ulong z = at + Golden;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }

    private abstract class Filler
    {
        public abstract void Fill(Span<byte> target);
    }

    private readonly struct Maker<TElements>(TElements from) : IDTypeVisitor<Filler> where TElements : struct, IElements
    {
        public Filler Visit<T>() where T : unmanaged => new Filler<T, TElements>(from);
    }

    // Elements are a struct, so that the loop is compiled for it and calls nothing. All threads draw a piece that stays in cache, which is
    // then copied: memory of new parameters is touched once, and spans cannot be shared by threads.
    private sealed class Filler<T, TElements>(TElements from) : Filler where T : unmanaged where TElements : struct, IElements
    {
        private const int Block = 8192, Piece = 16 * Block;

        public override void Fill(Span<byte> target)
        {
            var elements = MemoryMarshal.Cast<byte, T>(target);
            if (elements.Length <= Block)
            {
                Draw(elements, 0);
                return;
            }
            T[] drawn = ArrayPool<T>.Shared.Rent(Math.Min(Piece, elements.Length));
            for (int start = 0; start < elements.Length; start += Piece)
            {
                var (first, count) = (start, Math.Min(Piece, elements.Length - start));
                Parallel.For(0, (count + Block - 1) / Block, b =>
                    Draw(drawn.AsSpan(b * Block, Math.Min(Block, count - b * Block)), first + b * Block));
                drawn.AsSpan(0, count).CopyTo(elements[start..]);
            }
            ArrayPool<T>.Shared.Return(drawn);
        }

        private void Draw(Span<T> elements, int first)
        {
            for (int i = 0; i < elements.Length; i++)
                elements[i] = Bits.FromDouble<T>(from.At(first + i));
        }
    }
}
