using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

public class AskChoicesFacts
{
    private static readonly Node A = Doubles("a", 6), B = Doubles("b", 6), D = Doubles("d", 6), V = Doubles("v", 6);

    private static readonly Node First = A > B, Second = B > D;

    private static readonly Node At = Choice(I(2), I(1), I(0)), Y = Choice(A, B, D);

    private static Node I(int k) => Constant(k);

    private static Node Choice(Node a, Node b, Node d) => Where(First, a, Where(Second, b, d));

    // Where the test of x holds and the number is k: v, else 0.
    private static Node Asked(Node x, Node at, int k) => Where(x > 0, Where(Equal(at, I(k)), V, ZerosLike(V)), ZerosLike(V));

    private static Computation Ask(params Node[] outputs)
    {
        var f = Canonicalise.Run(Of(outputs, [A, B, D, V]), Context);
        var result = AskChoices.Run(f, Context);
        double[][] data =
            [[1, -2, double.NaN, 0, 5, -0.0], [2, -3, 1, -0.0, 1, 0], [3, -1, -1, 4, double.NaN, -7], [1, 2, 3, double.NaN, 5, 6]];
        Assert.Equal(Eval(f, data), Eval(result, data));
        Verifier.Check(result, true, "choices");
        return result;
    }

    private static int Tests(Computation f) => f.Applies.Where(a => a.Op is Operations.Less)
        .Count(a => a.Inputs.Any(x => x.Op is Operations.Constant or Operations.Broadcast));

    [Fact]
    public void One_test_of_what_was_chosen_stands_for_tests_of_all_that_could_be() =>
        Assert.Equal(1, Tests(Ask(Y, Asked(A, At, 2), Asked(B, At, 1), Asked(D, At, 0))));

    [Fact]
    public void What_was_not_chosen_there_is_asked_itself() =>
        Assert.Equal(3, Tests(Ask(Y, Asked(B, At, 2), Asked(D, At, 1), Asked(A, At, 0))));

    [Fact]
    public void A_number_that_is_given_twice_does_not_say_what_was_chosen() =>
        Assert.Equal(2, Tests(Ask(Y, Asked(A, Choice(I(1), I(0), I(1)), 1), Asked(D, Choice(I(1), I(0), I(1)), 1))));

    [Fact]
    public void Choices_by_other_conditions_say_nothing()
    {
        var f = Ask(Where(First, A, Where(D > A, B, D)), Asked(B, At, 1));
        Assert.Contains(f.Applies, a => a.Op is Operations.Select
            && a.Inputs[0].Apply.Inputs is [(Operations.Constant or Operations.Broadcast, _), var x] && x == B);
    }

    [Fact]
    public void Nothing_to_do_is_the_same_object()
    {
        var f = Of([Y, At], [A, B, D]);
        Assert.Same(f, AskChoices.Run(f, Context));
    }

    /// <summary>The activation before a pool is read by the pool alone.</summary>
    [Fact]
    public void The_gradient_of_a_pool_reads_what_the_pool_gave()
    {
        Node x = Doubles("x", 2, 3, 8, 12), ct = Doubles("ct", 2, 3, 4, 6);
        Node y = MaxPool(Relu(x), new([2, 2]) { Stride = [2, 2] });
        var f = Pipeline.Default.Run(Of([y, Gradient.Vjp([y], [x], [ct])[0]], [x, ct])).Optimised;
        Assert.Equal(1, Tests(f));
    }
}
