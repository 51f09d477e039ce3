using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// What a typed delegate ends in: finds the plan for the lengths of its spans, checks them and their overlaps, runs it.
/// Allocates only when it meets extents for the first time.
/// </summary>
internal sealed unsafe class TypedTarget : CallTarget
{
    private const int MostKnown = 16;

    private readonly Binder binder;
    private readonly Computation source;
    private readonly bool[] byValue;
    private readonly int[] elementSizes;
    private readonly ImmutableArray<Solution> solutions;
    private BoundPlan[] known = [];   // replaced as a whole, never written to

    public TypedTarget(Binder binder, Computation source, Signature signature)
    {
        (this.binder, this.source) = (binder, source);
        byValue = [.. signature.Externals.Select(e => e.ByValue)];
        elementSizes = [.. signature.Externals.Select(e => e.Node.DType.Size)];
        solutions = Solve(source);
        if (binder.Static is { } plan)
            known = [plan];
    }

    // A symbol is the length of one input's span over the product of that input's other extents.
    private sealed record Solution(string Symbol, int Input, Shape Shape, int Axis);

    public override void Invoke(Frame* frame)
    {
        long* lengths = Frame.Lengths(frame);
        var plan = Find(lengths) ?? Bind(lengths);
        CheckOverlaps(Frame.Words(frame), lengths);
        plan.Plan.Run(Frame.Words(frame));
    }

    // Lengths determine the symbols, so plans are found by lengths alone.
    private BoundPlan? Find(long* lengths)
    {
        foreach (var plan in known)
            if (Matches(plan, lengths))
                return plan;
        return null;
    }

    private bool Matches(BoundPlan plan, long* lengths)
    {
        var expected = plan.Lengths;
        for (int i = 0; i < expected.Length; i++)
            if (!byValue[i] && lengths[i] != expected[i])
                return false;
        return true;
    }

    private void CheckOverlaps(long* words, long* lengths)
    {
        for (int o = source.Inputs.Length; o < byValue.Length; o++)
            for (int other = 0; other < o; other++)
                if (!byValue[o] && !byValue[other]
                    && Frame.Overlaps(words[o], lengths[o] * elementSizes[o], words[other], lengths[other] * elementSizes[other]))
                    ThrowOverlap(o, other);
    }

    private BoundPlan Bind(long* lengths)
    {
        if (binder.Static is { } fixedPlan)
            ThrowLength(fixedPlan, lengths);
        var bindings = new Dictionary<string, long>();
        foreach (var s in solutions)
        {
            long known = 1;
            for (int a = 0; a < s.Shape.Rank; a++)
                if (a != s.Axis)
                    known *= s.Shape[a].Evaluate(bindings);
            long extent = known == 0 ? 0 : lengths[s.Input] / known;
            if (!s.Shape[s.Axis].TrySolve(extent, out _, out long value) || extent * known != lengths[s.Input])
                throw new ArgumentException($"{source.Inputs[s.Input]} ({source.Inputs[s.Input].Apply.Origin}) got {lengths[s.Input]} elements, which no '{s.Symbol}' explains.");
            bindings[s.Symbol] = value;
        }
        var solved = Bindings.Solve(source, (input, axis) => source.Inputs[input].Shape[axis].Evaluate(bindings), bindings);
        var plan = binder.For(solved);
        if (!Matches(plan, lengths))
            ThrowLength(plan, lengths);
        known = [plan, .. known.Where(k => k != plan).Take(MostKnown - 1)];
        return plan;
    }

    private static ImmutableArray<Solution> Solve(Computation source)
    {
        var solved = new HashSet<string>();
        var found = ImmutableArray.CreateBuilder<Solution>();
        bool progress = true;
        while (progress)
        {
            progress = false;
            for (int i = 0; i < source.Inputs.Length; i++)
            {
                var shape = source.Inputs[i].Shape;
                int[] open = [.. Enumerable.Range(0, shape.Rank).Where(a => !shape[a].Symbols.All(solved.Contains))];
                if (open is [var axis] && shape[axis].Symbols.ToList() is [var symbol])
                {
                    found.Add(new(symbol, i, shape, axis));
                    progress = solved.Add(symbol);
                }
            }
        }
        string[] unsolved = [.. source.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Distinct().Except(solved)];
        return unsolved.Length == 0 ? found.ToImmutable() : throw new ArgumentException(
            $"the lengths of spans do not determine {string.Join(", ", unsolved)}; use numbers there, or call Run with shaped arguments.");
    }

    [DoesNotReturn]
    private void ThrowLength(BoundPlan plan, long* lengths)
    {
        for (int i = 0; i < byValue.Length; i++)
            if (!byValue[i] && lengths[i] != plan.Lengths[i])
                throw new ArgumentException($"{Describe(i)} needs a span of {plan.Lengths[i]} elements, got {lengths[i]}.");
        throw new ArgumentException("spans do not fit.");
    }

    [DoesNotReturn]
    private void ThrowOverlap(int output, int other) => throw new ArgumentException(
        $"the span of {Describe(output)} overlaps that of {Describe(other)}; results need memory of their own.");

    private string Describe(int external) => external < source.Inputs.Length ? $"{source.Inputs[external]} ({source.Inputs[external].Apply.Origin})"
        : $"output '{source.Outputs[external - source.Inputs.Length].Name}' {source.Outputs[external - source.Inputs.Length].Value.Type}";
}
