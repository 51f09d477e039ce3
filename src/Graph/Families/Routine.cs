using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>
/// A sequential program per item of a batch: cumulative sums, sorting, factorisations. Leading axes of all operands and
/// results number the items; an op states what happens to one item, and items run on several threads.
/// </summary>
public abstract record Routine : Op
{
    /// <summary>How many leading axes number the items: the same, with the same extents, of all operands and results.</summary>
    public abstract int BatchAxes(ImmutableArray<TensorType> operands);

    /// <summary>
    /// Into how many pieces, each a program of its own, an item splits, so that one large item keeps several threads busy.
    /// No piece may read what another writes.
    /// </summary>
    public virtual Dim Pieces(ImmutableArray<TensorType> operands) => Dim.One;

    /// <summary>About how many arithmetic steps one item takes; by default one per element of all operands.</summary>
    public virtual Dim Work(ImmutableArray<TensorType> operands) =>
        operands.Aggregate(Dim.Zero, (n, x) => n + Product(x.Shape.Skip(BatchAxes(operands))));

    /// <summary>More items. An op that counts its axes from the front overrides this and counts one more.</summary>
    public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this);

    /// <summary>Each element on all of its item.</summary>
    public override void Depend(Dependence d)
    {
        int items = (int)Product(d.Apply.Results[0].Shape.Take(BatchAxes([.. d.Apply.Inputs.Select(x => x.Type)]))).Constant;
        for (int item = 0; item < items; item++)
        {
            var set = d.Union(d.Active.SelectMany(i => Item(d.Apply.Inputs[i], item).Select(e => d.Of(i, e))));
            for (int r = 0; r < d.Apply.Results.Length; r++)
                foreach (int e in Item(d.Apply.Results[r], item))
                    d.Set(r, e, set);
        }

        IEnumerable<int> Item(Node node, int item) =>
            Enumerable.Range(item * (Dependence.Count(node) / items), Dependence.Count(node) / items);
    }

    /// <summary>The program of one item, or of one piece of it.</summary>
    public abstract void Lower(Procedure p);

    /// <summary>The program for operands and results of these types.</summary>
    public Procedure Lower(ImmutableArray<TensorType> operands, ImmutableArray<TensorType> results)
    {
        var procedure = new Procedure(operands, results, BatchAxes(operands));
        Lower(procedure);
        return procedure;
    }

    /// <summary>Runs reference semantics item by item: elements of operands in, elements of results out, row-major.</summary>
    protected ImmutableArray<HostTensor> EachItem(Evaluation e, Action<double[][], double[][]> item) =>
        EachItem(e, t => t.DType.Visit(new Elements.Doubles(t)), t => t.DType.Visit(new Elements.FromDoubles(t)), item);

    /// <summary>The same over integers, exact.</summary>
    protected ImmutableArray<HostTensor> EachWholeItem(Evaluation e, Action<long[][], long[][]> item) =>
        EachItem(e, t => t.DType.Visit(new Elements.Longs(t)), t => t.DType.Visit(new Elements.FromLongs(t)), item);

    /// <summary>Product of extents.</summary>
    protected static Dim Product(IEnumerable<Dim> extents) => extents.Aggregate(Dim.One, (n, d) => n * d);

    private ImmutableArray<HostTensor> EachItem<T>(
        Evaluation e, Func<HostTensor, Func<int, T>> reader, Func<HostTensor, Action<int, T>> writer, Action<T[][], T[][]> item)
    {
        ImmutableArray<HostTensor> results = [.. e.Results.Select((_, i) => e.Allocate(i))];
        ImmutableArray<TensorType> types = [.. e.Inputs.Select(x => new TensorType(x.DType, Shape.Of(x.Shape.ToArray().Select(Dim.Of))))];
        int items = (int)Product(results[0].Shape[..BatchAxes(types)].ToArray().Select(Dim.Of)).Constant;
        var (readers, writers) = (e.Inputs.Select(reader).ToArray(), results.Select(writer).ToArray());
        for (int b = 0; b < items; b++)
        {
            T[][] x = [.. e.Inputs.Select((t, k) =>
                Enumerable.Range(b * (t.Length / items), t.Length / items).Select(readers[k]).ToArray())];
            T[][] y = [.. results.Select(t => new T[t.Length / items])];
            item(x, y);
            for (int k = 0; k < y.Length; k++)
                for (int i = 0; i < y[k].Length; i++)
                    writers[k](b * y[k].Length + i, y[k][i]);
        }
        return results;
    }
}
