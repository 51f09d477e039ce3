namespace Adjoint.Laws;

/// <summary>
/// Maps that gather across rows, and columns side by side, give the same
/// for every width and number of threads, blocks and tails included.
/// </summary>
public class PermutedFacts
{
    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 3, 70 }, { 16, 64 }, { 17, 65 }, { 64, 16 }, { 129, 33 }, { 67, 260 } };

    [Theory, MemberData(nameof(Sizes))]
    public void Permuted_copies_equal_the_reference(int rows, int columns) =>
        Agree(rows, columns, x => Transpose(x), x => Tanh(Transpose(x)) * 2);

    [Theory, MemberData(nameof(Sizes))]
    public void Columns_side_by_side_have_the_bits_of_one(int rows, int columns) =>
        Agree(rows, columns, x => Sum(x, [0]), x => Max(x, [0]), x => Softmax(x, 0));

    // Against one element at a time, whose transposes and sums need no blocks; that one against the reference.
    private static void Agree(int rows, int columns, params Func<Node, Node>[] functions)
    {
        foreach (Shape shape in (Shape[])[[rows, columns], ["r", "c"]])
            foreach (var function in functions)
            {
                Node x = Input("x", DType.Float32, shape);
                var f = Running.Of([x], function(x));
                var data = Running.Random(new Random(rows), DType.Float32, [rows, columns]);
                var expected = Running.Run(f, [data], Running.At(VectorWidth.Scalar))[0];
                Assert.All(Running.Truth(f, data)[0].Doubles().Zip(expected.Doubles()), p => Assert.Equal(p.First, p.Second, 1e-4));
                foreach (var width in Running.Widths)
                    foreach (int threads in (int[])[1, 2])
                        Running.AssertSameBits(expected, Running.Run(f, [data], Running.At(width, threads))[0],
                            $"{shape} {width} {threads}");
            }
    }
}
