using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>Results far larger than the caches, stored past them: the same bits, and nothing beside them touched.</summary>
public class StreamingFacts
{
    private const long Large = (Streamed.Least / 4) + 5;

    /// <summary>Results of several types, which lie differently beside cache lines, from memory that begins or ends at a guard.</summary>
    [Theory, InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public void Maps(bool isStatic, bool atEnd) => Check(isStatic, atEnd, [Large], x =>
        [x * x + 1, Convert(x, DType.Float64) * 2, Convert(x * 100, DType.Int32), x > 0.5f]);

    [Theory, InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public void Rows(bool isStatic, bool atEnd) =>
        Check(isStatic, atEnd, [67, 32_771], x => [x / Sum(Abs(x), [1], keepDims: true), Max(x, [1])]);

    [Theory, InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public void Rows_of_columns(bool isStatic, bool atEnd) => Check(isStatic, atEnd, [1031, 2049], x => [x + Sum(x, [0])]);

    [Fact]
    public void Not_where_they_are_small_or_read_again()
    {
        Node x = Input("x", DType.Float32, ["n"]), y = x * 2;
        Assert.NotEmpty(Streams([x], y));
        Assert.DoesNotContain(Streams([x], y, Sort(y, 0)), s => s.Slot == 1);
        Node small = Input("x", DType.Float32, [1000]), large = Input("x", DType.Float32, [Large]);
        Assert.Empty(Streams([small], small * 2));
        Assert.NotEmpty(Streams([large], large * 2));
        Variable v = new("v", [Large]);
        Assert.Empty(new Computation([large], [], [new(v, v + large)]).Compile().Program.Steps.SelectMany(s => s.Plan.Nest!.Streamed));
    }

    private static IEnumerable<Streamed> Streams(Node[] inputs, params Node[] outputs) =>
        new Computation(inputs, [.. outputs.Select(o => (Output)o)]).Compile().Program.Steps.SelectMany(s => s.Plan.Nest?.Streamed ?? []);

    private static void Check(bool isStatic, bool atEnd, long[] shape, Func<Node, Node[]> results)
    {
        Node x = Input("x", DType.Float32, isStatic ? [.. shape.Select(n => Dim.Of(n))] : shape.Length == 1 ? ["n"] : ["n", "m"]);
        var bindings = new Dictionary<string, long> { ["n"] = shape[0], ["m"] = shape[^1] };
        Node[] outputs = results(x);
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
        {
            using ContractionRun ordinary = Made(1, streams: false), streaming = Made(3, streams: true);
            foreach (var node in outputs)
                Assert.True(ordinary.Of<byte>(node).SequenceEqual(streaming.Of<byte>(node)), $"{node} {width}");

            ContractionRun Made(int pieces, bool streams)
            {
                var run = new ContractionRun(new Computation([x], [.. outputs.Select(o => (Output)o)]), bindings,
                    atEnd) { Width = width, Pieces = pieces, Streams = streams };
                ContractionFacts.Fill(run.Of<float>(x), 1);
                run.Of<float>(x)[7] = float.NaN;
                Assert.Equal(0, run.Run());
                return run;
            }
        }
    }
}
