namespace Adjoint.Graph.Tests;

/// <summary>First values of variables: the published generator, whatever size, type and number of threads.</summary>
public class InitFacts
{
    // The first outputs of SplitMix64 from 1234567, as published with the generator's test programs.
    private static readonly ulong[] Published =
        [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];

    [Fact]
    public void Uniform_numbers_are_those_of_SplitMix64() =>
        Assert.Equal(Published.Select(z => (z >> 11) / (double)(1UL << 53)),
            Drawn(Init.Uniform(0, 1, 1234567), DType.Float64, 5).ToArray<double>());

    [Fact]
    public void An_element_has_its_number_whatever_the_size_and_the_type()
    {
        const int all = 3 * 16 * 8192 + 17;
        foreach (var init in new[] { Init.Uniform(-1, 3, 5), Init.Normal(1, 2, 6) })
        {
            double[] many = Drawn(init, DType.Float64, all).ToArray<double>();
            foreach (int some in new[] { 0, 1, 8191, 8192, 8193, 16 * 8192 - 1, 16 * 8192, 16 * 8192 + 1 })
                Assert.Equal(many[..some], Drawn(init, DType.Float64, some).ToArray<double>());
            Assert.Equal(many.Select(v => (float)v), Drawn(init, DType.Float32, all).ToArray<float>());
            Assert.Equal(all, many.Distinct().Count());
        }
    }

    [Fact]
    public void Normal_numbers_have_their_mean_and_deviation()
    {
        double[] many = Drawn(Init.Normal(1, 2, 7), DType.Float64, 1_000_000).ToArray<double>();
        double mean = many.Average();
        Assert.InRange(mean, 0.99, 1.01);
        Assert.InRange(Math.Sqrt(many.Average(v => (v - mean) * (v - mean))), 1.99, 2.01);
    }

    [Fact]
    public void Given_values_of_another_shape_are_refused() => Assert.Contains("initial values are", Assert.Throws<ArgumentException>(
        () => Init.Values(new float[2]).Create(new(DType.Float32, [3]))).Message);

    private static HostTensor Drawn(Init init, DType dtype, int count) => init.Create(new(dtype, [count]));
}
