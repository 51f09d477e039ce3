using System.Reflection;
using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>
/// A function mapped over a batch gives what it gives for one example
/// after the other: every op, every subset of batched operands.
/// </summary>
public class VmapFacts
{
    private const int Examples = 3;

    public static TheoryData<OpCase> Cases => [.. OpCases.All];

    public static TheoryData<OpCase> Differentiable => [.. OpCases.All.Where(c => c.Differentiable && c.DTypes.Contains(DType.Float64))];

    [Theory, MemberData(nameof(Cases))]
    public void A_batch_is_one_example_after_the_other(OpCase op)
    {
        foreach (var mapped in Subsets(op))
        {
            var batch = new Batch(op, op.DTypes[0], mapped);
            var (f, expected) = (Running.Of(batch.Inputs, batch.Result), batch.OneByOne());
            Running.AssertClose(expected, Running.Truth(f, batch.Data)[0], 1e-12, $"{batch}, op by op");
            Running.AssertClose(expected, Running.Run(f, batch.Data)[0], op.Ulps * Epsilon(expected.DType), $"{batch}, compiled");
        }
    }

    /// <summary>The gradient through a vmap, and one gradient per example by the vmap of a gradient.</summary>
    [Theory, MemberData(nameof(Differentiable))]
    public void The_gradient_of_a_vmap_is_the_vmap_of_the_gradient(OpCase op)
    {
        bool[] all = [.. op.Operands.Select(_ => true)];
        var batch = new Batch(op, DType.Float64, all);
        var smooth = batch.Inputs.Where(n => n.DType.IsFloat).ToArray();
        Node[] through = Gradient.Of(Sum(Sin(batch.Result)), smooth);
        Node[] each = Vmap.Map(x => Gradient.Of(Sum(Sin(op.Build(x))), x.Where(n => n.DType.IsFloat).ToArray()),
            batch.Inputs, batch.InAxes, [.. batch.InAxes.Where((_, i) => batch.Inputs[i].DType.IsFloat)]);
        var f = Running.Of(batch.Inputs, [.. through, .. each]);
        var (truth, compiled) = (Running.Truth(f, batch.Data), Running.Run(f, batch.Data));
        for (int i = 0; i < smooth.Length; i++)
        {
            Running.AssertClose(truth[i], truth[smooth.Length + i], 1e-11, $"{op}, operand {i}, op by op");
            Running.AssertClose(truth[i], compiled[i], 1e-11, $"{op}, operand {i}, through");
            Running.AssertClose(truth[i], compiled[smooth.Length + i], 1e-11, $"{op}, operand {i}, each");
        }
    }

    /// <summary>
    /// Ops have a rule, of their own or their family's; requests are
    /// replaced earlier, and leaves are the same for all examples.
    /// </summary>
    [Fact]
    public void Every_op_has_a_batching_rule() =>
        Assert.Empty(typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract)
            .Where(t => !t.IsSubclassOf(typeof(DerivativeRequest)) && !t.IsSubclassOf(typeof(Leaf)) && t != typeof(Iota)
                && t != typeof(Extent))
            .Where(t => t.GetMethod(nameof(Op.Batch))!.DeclaringType == typeof(Op)).Select(t => t.Name));

    /// <summary>
    /// A call that states its derivative says what is left of it
    /// on a batch: by default it would silently become its body's.
    /// </summary>
    [Fact]
    public void Calls_with_a_derivative_of_their_own_keep_it_on_a_batch() =>
        Assert.DoesNotContain(typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Call)) && !t.IsAbstract),
            t => !Overrides(t, "Batched") && !Overrides(t, nameof(Op.Batch)));

    private static bool Overrides(Type op, string member) =>
        op.GetMethod(member, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!.DeclaringType != typeof(Call);

    // Each operand alone, and all of them.
    private static IEnumerable<bool[]> Subsets(OpCase op)
    {
        int n = op.Operands.Length;
        for (int subset = 1; subset < 1 << n; subset++)
            yield return [.. Enumerable.Range(0, n).Select(i => (subset >> i & 1) != 0)];
    }

    private static double Epsilon(DType dtype) => dtype == DType.Float32 ? 1.2e-7 : 2.3e-16;

    /// <summary>A case of which some operands are batches: along a symbol in front, or where all are, along a number at the end.</summary>
    private sealed class Batch
    {
        private readonly OpCase op;
        private readonly DType dtype;
        private readonly bool[] mapped;
        private readonly int outAxis;
        private readonly HostTensor[][] examples;

        public Batch(OpCase op, DType dtype, bool[] mapped)
        {
            (this.op, this.dtype, this.mapped) = (op, dtype, mapped);
            bool last = mapped.All(m => m);
            var (x, y) = op.Graph(dtype);
            outAxis = last ? y.Rank : 0;
            InAxes = [.. x.Select(n => last ? n.Rank : 0)];
            Inputs = [.. x.Select((n, i) =>
                mapped[i] ? Input($"batch{i}", n.DType, With(n.Shape, InAxes[i], last ? Examples : "examples")) : n)];
            int[] at = [.. Enumerable.Range(0, x.Length).Where(i => mapped[i])];
            Result = Vmap.Map(e => [op.Build([.. x.Select((n, i) => mapped[i] ? e[Array.IndexOf(at, i)] : n)])],
                [.. at.Select(i => Inputs[i])], [.. at.Select(i => InAxes[i])], [outAxis])[0];
            examples = [.. Enumerable.Range(0, Examples).Select(e => op.Sample(dtype, seed: 30 + e))];
            Data = [.. x.Select((n, i) => mapped[i] ? Stacked([.. examples.Select(e => e[i])], InAxes[i]) : examples[0][i])];
        }

        public Node[] Inputs { get; }

        public Axes InAxes { get; }

        public Node Result { get; }

        public HostTensor[] Data { get; }

        public HostTensor OneByOne()
        {
            var (x, y) = op.Graph(dtype);
            var f = Running.Of(x, y);
            return Stacked([.. examples.Select(e =>
                Running.Truth(f, [.. e.Select((v, i) => mapped[i] ? v : examples[0][i])])[0])], outAxis);
        }

        public override string ToString() => $"{op} of {string.Join(", ", mapped.Select(m => m ? "a batch" : "the same for all"))}";

        private static Shape With(Shape shape, int axis, Dim extent) => [.. shape.Take(axis), extent, .. shape.Skip(axis)];

        private static HostTensor Stacked(HostTensor[] parts, int axis)
        {
            Node[] x = [.. parts.Select((p, i) => Input($"p{i}", p.DType, Shape.Of(p.Shape.ToArray().Select(Dim.Of))))];
            return Running.Truth(Running.Of(x, Stack(x, axis)), parts)[0];
        }
    }
}
