using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// Stable merge sort, bottom up: short runs by insertion, then runs merged in pairs, to scratch and back, so that the
/// result ends where it began. About n log n steps whatever the data.
/// </summary>
internal sealed class MergeSort
{
    private const int Run = 8;

    private readonly Procedure p;
    private readonly bool descending;
    private readonly Formula n;
    private readonly Cells x;
    private readonly (Cells Values, Cells Positions) result, scratch;

    public MergeSort(Procedure p, bool descending)
    {
        (this.p, this.descending, x) = (p, descending, p.Operand(0));
        n = p.Extent(x.Shape[0]);
        result = (p.Result(0), p.Result(1));
        scratch = (p.Scratch(x.Type, x.Shape[0]), p.Scratch(DType.Int64, x.Shape[0]));
    }

    public void Write()
    {
        var start = p.Local(p.Number(DType.Int64, 0));
        p.While(start.Value < n, () =>
        {
            p.For(start.Value, n.Min(start.Value + Run), i => Insert(i, start.Value));
            start.Value += Run;
        });
        var length = p.Local(p.Number(DType.Int64, Run));
        p.While(length.Value < n, () =>
        {
            MergePairs(result, scratch, length.Value);
            MergePairs(scratch, result, length.Value * 2);
            length.Value *= 4;
        });
    }

    // Moves back what goes after element i, down to the start of its run.
    private void Insert(Formula i, Formula start)
    {
        var (value, at) = (x[i], p.Local(i));
        var open = p.Local(start < i);
        p.While(open.Value, () =>
        {
            var previous = result.Values[at.Value - 1];
            open.Value = Before(value, previous);
            p.If(open.Value, () =>
            {
                result.Values[at.Value] = previous;
                result.Positions[at.Value] = result.Positions[at.Value - 1];
                at.Value -= 1;
                open.Value = start < at.Value;
            });
        });
        result.Values[at.Value] = value;
        result.Positions[at.Value] = i;
    }

    private void MergePairs((Cells Values, Cells Positions) from, (Cells Values, Cells Positions) to, Formula length)
    {
        var start = p.Local(p.Number(DType.Int64, 0));
        p.While(start.Value < n, () =>
        {
            var (middle, end) = (p.Let(n.Min(start.Value + length)), p.Let(n.Min(start.Value + length * 2)));
            var (left, right) = (p.Local(start.Value), p.Local(middle));
            p.For(start.Value, end, k =>
            {
                // Without branches, as random data would mispredict every other one: 1 takes from the right run, 0 from the left.
                var (a, b) = (from.Values[left.Value.Min(n - 1)], from.Values[right.Value.Min(n - 1)]);
                var taken = p.Let((right.Value < end & (left.Value >= middle | Before(b, a))).To(DType.Int64));
                var source = p.Let(left.Value + taken * (right.Value - left.Value));
                to.Values[k] = from.Values[source];
                to.Positions[k] = from.Positions[source];
                left.Value += 1 - taken;
                right.Value += taken;
            });
            start.Value = end;
        });
    }

    // Strictly before: equal elements stay where they are. A number goes before NaN.
    private Formula Before(Formula a, Formula b)
    {
        var before = descending ? b < a : a < b;
        return x.Type.IsFloat ? before | (a.Is(a) & !b.Is(b)) : before;
    }
}
