namespace Adjoint;

/// <summary>How a variable gets its first value: a function of element type and shape, the same on every machine.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class Init
{
    private readonly Func<TensorType, HostTensor> fill;

    private Init(string name, Func<TensorType, HostTensor> fill) => (Name, this.fill) = (name, fill);

    /// <summary>What it is called in listings.</summary>
    public string Name { get; }

    /// <summary>Bytes of memory that stay alive as long as this does.</summary>
    internal long HeldBytes { get; private init; }

    /// <summary>All zeros.</summary>
    public static Init Zeros { get; } = Constant(0);

    /// <summary>All ones.</summary>
    public static Init Ones { get; } = Constant(1);

    /// <summary>One value everywhere.</summary>
    public static Init Constant(double value) => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"constant {value}"), t => Fill(t, _ => value));

    /// <summary>The given values.</summary>
    /// <exception cref="ArgumentException">When used: type or shape differ from the variable's.</exception>
    public static Init Values(HostTensor values) => new("values", t =>
        values.DType == t.DType && values.Shape.SequenceEqual(t.Shape.Evaluate(new Dictionary<string, long>()))
            ? values : throw new ArgumentException($"initial values are {values}, the variable is {t}."))
    {
        HeldBytes = (long)values.Length * values.DType.Size,
    };

    /// <summary>Uniform on [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static Init Uniform(double low, double high, int seed) => Seeded("uniform", seed, 1, _ => 1, (_, at) => low + (high - low) * Draw(at));

    /// <summary>Normal with the given mean and standard deviation.</summary>
    public static Init Normal(double mean, double deviation, int seed) => Seeded("normal", seed, 2, _ => deviation, (scale, at) => mean + scale * Gaussian(at));

    /// <summary>Normal with variance 2 / fan-in, for layers followed by relu. K. He et al., "Delving Deep into Rectifiers", 2015.</summary>
    public static Init HeNormal(int seed) => Seeded("he normal", seed, 2, t => Math.Sqrt(2 / FanIn(t)), (scale, at) => scale * Gaussian(at));

    /// <summary>Uniform with variance 2 / (fan-in + fan-out). X. Glorot, Y. Bengio, "Understanding the Difficulty", 2010.</summary>
    public static Init GlorotUniform(int seed) =>
        Seeded("glorot uniform", seed, 1, t => Math.Sqrt(6 / (FanIn(t) + FanOut(t))), (scale, at) => scale * (2 * Draw(at) - 1));

    /// <summary>The first value of a variable of type <paramref name="type"/>.</summary>
    public HostTensor Create(TensorType type) => fill(type);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static double FanIn(TensorType t) => t.Rank == 0 ? 1 : Math.Max(1, t.Shape.ElementCount.Constant / (double)Math.Max(1, t.Shape[-1].Constant));

    private static double FanOut(TensorType t) => t.Rank == 0 ? 1 : t.Shape[-1].Constant;

    // The generator counts, so that the numbers of each element are known without those before it, on any thread.
    private static Init Seeded(string name, int seed, int drawsPerElement, Func<TensorType, double> scaleOf, Func<double, ulong, double> element) =>
        new($"{name}, seed {seed}", t =>
        {
            double scale = scaleOf(t);
            return Fill(t, i => element(scale, (ulong)seed + (ulong)(i * drawsPerElement) * Golden));
        });

    // Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958; 1 - u keeps the logarithm finite.
    private static double Gaussian(ulong at) => Math.Sqrt(-2 * Math.Log(1 - Draw(at))) * Math.Cos(2 * Math.PI * Draw(at + Golden));

    private const ulong Golden = 0x9E3779B97F4A7C15;

    // Uniform on [0, 1). G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
    private static double Draw(ulong at)
    {
        ulong z = at + Golden;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    private static HostTensor Fill(TensorType type, Func<long, double> element)
    {
        var result = HostTensor.Zeros(type.DType, type.Shape.Evaluate(new Dictionary<string, long>()));
        return type.DType.Visit(new Filler(result, element));
    }

    private readonly struct Filler(HostTensor target, Func<long, double> element) : IDTypeVisitor<HostTensor>
    {
        private const int Block = 8192;

        public HostTensor Visit<T>() where T : unmanaged
        {
            var (tensor, next) = (target, element);
            Parallel.For(0, (tensor.Length + Block - 1) / Block, b =>
            {
                var elements = tensor.Span<T>();
                for (int i = b * Block; i < Math.Min(elements.Length, (b + 1) * Block); i++)
                    elements[i] = Bits.FromDouble<T>(next(i));
            });
            return tensor;
        }
    }
}
