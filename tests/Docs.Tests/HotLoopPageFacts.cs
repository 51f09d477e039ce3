using System.Numerics;
using Adjoint;
using static Adjoint.Ops;

namespace Docs.Tests;

public class HotLoopPageFacts
{
    private readonly record struct Option(double Spot, double Strike, double Volatility, double Rate, double Expiry);

    private readonly record struct Greeks(double Price, double Delta, double Vega);

    private delegate Greeks PriceOne(in Option option);

    private delegate void PriceMany(ReadOnlySpan<double> spot, ReadOnlySpan<double> strike, ReadOnlySpan<double> volatility, double rate,
        ReadOnlySpan<double> expiry, Span<double> price, Span<double> delta, Span<double> vega);

    private delegate Vector3 Turn(float angle, Vector3 point, out Vector3 slope);

    [Fact]
    public void What_the_page_of_hot_loops_shows_runs()
    {
        // begin
        // One graph: the price of a European call, and two derivatives of it.
        Node spot = Input("spot", DType.Float64, []), strike = Input("strike", DType.Float64, []);
        Node volatility = Input("volatility", DType.Float64, []), rate = Input("rate", DType.Float64, []), expiry = Input("expiry", DType.Float64, []);
        Node Cumulative(Node d) => 0.5 * Erfc(-d * Math.Sqrt(0.5));
        Node spread = volatility * Sqrt(expiry);
        Node d1 = (Log(spot / strike) + (rate + 0.5 * Square(volatility)) * expiry) / spread;
        Node price = spot * Cumulative(d1) - strike * Exp(-rate * expiry) * Cumulative(d1 - spread);
        Node[] slopes = Gradient.Of(price, [spot, volatility]);
        var call = new Computation([spot, strike, volatility, rate, expiry], [("price", price), ("delta", slopes[0]), ("vega", slopes[1])]);

        // delegate Greeks PriceOne(in Option option); members of structs are the inputs and outputs of their names.
        PriceOne one = call.Compile<PriceOne>();
        Greeks greeks = one(new(Spot: 100, Strike: 110, Volatility: 0.2, Rate: 0.03, Expiry: 1));

        // The same over arrays, as many options at once as a register has lanes. The rate is one for all, computed with once.
        PriceMany many = call.CompileBatched<PriceMany>(new() { Shared = ["rate"] });
        double[] spots = [90, 100, 110], strikes = [110, 110, 110], volatilities = [0.2, 0.2, 0.3], expiries = [1, 1, 2];
        double[] prices = new double[3], deltas = new double[3], vegas = new double[3];
        many(spots, strikes, volatilities, 0.03, expiries, prices, deltas, vegas);

        // Vectors of the base library are tensors of as many elements. delegate Vector3 Turn(float angle, Vector3 point, out Vector3 slope);
        Node angle = Input("angle", DType.Float32, []), point = Input("point", DType.Float32, [3]);
        Node c = Cos(angle), s = Sin(angle), zero = Scalar(DType.Float32, 0), unit = Scalar(DType.Float32, 1);
        Node matrix = Reshape(Stack([c, -s, zero, s, c, zero, zero, zero, unit]), [3, 3]);
        Node turned = Reshape(MatMul(matrix, Reshape(point, [3, 1])), [3]);
        Turn turn = new Computation([angle, point], [("turned", turned), ("slope", Gradient.Jvp([turned], [angle], [OnesLike(angle)])[0])]).Compile<Turn>();
        Vector3 up = turn(MathF.PI / 2, Vector3.UnitX, out Vector3 slope);

        // Straight-line code or loops: a cost model decides, and can be overruled.
        PriceOne loops = call.Compile<PriceOne>(options: new() { Flatten = Flattening.Never });
        // end
        Assert.Equal(prices[1], greeks.Price);
        Assert.Equal(vegas[1], greeks.Vega);
        Assert.Equal(deltas[1], loops(new(100, 110, 0.2, 0.03, 1)).Delta, 14);
        Assert.True((up - Vector3.UnitY).Length() < 1e-6f && (slope + Vector3.UnitX).Length() < 1e-6f, $"{up} {slope}");
        Assert.Equal(CodeBlock.InSource("HotLoopPageFacts.cs"), CodeBlock.InPage("docs/hot-loops.md", "CompileBatched"));
    }
}
