using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>
/// Elementwise ops on a reshaped product are computed in the product's shape, f(reshape x, y) =
/// reshape f(x, y'), so that they can be its epilogue: bias and activation after a convolution. Only
/// where nobody else wants the product itself, and where every other operand has that shape for
/// nothing: splats, what lies in memory, broadcasts along whole axes, and other reshapes from it.
/// </summary>
public sealed class SinkReshapes
{
    private readonly HashSet<Node> made = [];   // what became of products here

    private SinkReshapes()
    {
    }

    /// <summary>Moves what can be moved; the same object if nothing can.</summary>
    public static Computation Run(Computation f, PassContext context) =>
        f.Has<Contraction>() ? Sweep.Run(f, context, new SinkReshapes().Sunk) : f;

    private Node? Sunk(Sweep sweep, Apply apply)
    {
        if (apply is not { Op: Elementwise, Requirements.IsEmpty: true, Results: [{ DType.IsByte: false } result] }
            || apply.Inputs.Select(x => Product(sweep, x)).OfType<Node>().FirstOrDefault() is not { } product)
            return null;
        var operands = new Node[apply.Inputs.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            if (InShape(sweep.Built(apply.Inputs[i]), product.Shape) is not { } operand)
                return null;
            operands[i] = operand;
        }
        var inside = Node.Of(apply.Op, apply.Origin, operands);
        made.Add(inside);
        return Patterns.Reshaped(inside, result.Shape);
    }

    // What an operand is a reshape of, where that is a product, or was made from one here, and this is its only reader.
    private Node? Product(Sweep sweep, Node x) => sweep.HasOneReader(x) && sweep.Built(x) is (Reshape reshape, [var product])
        && (made.Contains(product) || (product.Op is Contraction && sweep.HasOneReader(x.Apply.Inputs[0])))
        && reshape.Map(product.Type, x.Type) is null ? product : null;

    private static Node? InShape(Node x, Shape shape) => x switch
    {
        _ when x.DType.IsByte => null,
        { SplatScalar: { } scalar } => Patterns.Spread(scalar, shape),
        (Reshape, [var inside]) when inside.Shape.Equals(shape) => inside,
        (Broadcast, [var row]) when WithoutRepeats(row.Shape, x.Shape, shape) is { } kept => Patterns.Spread(Reshaped(row, kept), shape),
        { Op: Leaf } => Reshaped(x, shape),
        _ => null,
    };

    private static Node Reshaped(Node x, Shape shape) => Patterns.Reshaped(x is (Reshape, [var source]) ? source : x, shape);

    // The shape of what a broadcast repeats, as it has to be for the result to be `to` instead of `from`: null where an axis of that would
    // run along axes that are repeated and axes that are not.
    private static Shape? WithoutRepeats(Shape row, Shape from, Shape to)
    {
        if (Blocks(from, to) is not { } blocks)
            return null;
        int added = from.Rank - row.Rank;
        var kept = new Dim[to.Rank];
        Array.Fill(kept, Dim.One);
        foreach (var (ours, theirs) in blocks)
        {
            int repeated = ours.Count(a => a < added || row[a - added] == Dim.One);
            if (repeated == ours.Count)
                continue;
            if (repeated > 0)
                return null;
            foreach (int a in theirs)
                kept[a] = to[a];
        }
        return Shape.Of(kept);
    }

    // Axes of one shape and of another that it is a reshape of, but for those of extent 1: blocks of as many elements. Null where an axis
    // would have to be cut.
    private static List<(List<int> From, List<int> To)>? Blocks(Shape from, Shape to)
    {
        var (left, right) = (new Queue<int>(LongAxes(from)), new Queue<int>(LongAxes(to)));
        var blocks = new List<(List<int>, List<int>)>();
        while (left.TryDequeue(out int a))
        {
            if (!right.TryDequeue(out int b))
                return null;
            var (ours, theirs) = (new List<int> { a }, new List<int> { b });
            if (!Extend(ours, from, left, to[b]) && !Extend(theirs, to, right, from[a]))
                return null;
            blocks.Add((ours, theirs));
        }
        return right.Count == 0 ? blocks : null;
    }

    private static IEnumerable<int> LongAxes(Shape shape) => Enumerable.Range(0, shape.Rank).Where(a => shape[a] != Dim.One);

    // Takes as many more axes as make up an extent; none where they do not.
    private static bool Extend(List<int> axes, Shape shape, Queue<int> next, Dim extent)
    {
        var product = shape[axes[0]];
        int count = 0;
        foreach (int a in next.TakeWhile(_ => product != extent))
        {
            product *= shape[a];
            count++;
        }
        if (product != extent)
            return false;
        for (; count > 0; count--)
            axes.Add(next.Dequeue());
        return true;
    }
}
