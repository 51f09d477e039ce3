using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// What a typed delegate ends in: finds the plan for the lengths of its spans, and for the extents of arguments
/// that bring a shape, checks these and overlaps, runs it. Allocates only when it meets extents for the first time.
/// </summary>
internal sealed unsafe class TypedTarget : CallTarget
{
    private const int MostKnown = 16;

    private readonly Binder binder;
    private readonly Computation source;
    private readonly bool[] byValue;
    private readonly Pair[] disjoint;   // spans that may not overlap: each output's, and each that comes before it
    private readonly ImmutableArray<(int External, int Axis)> shaped;   // in the order of their words, which follow those of externals
    private readonly ImmutableArray<Solution> solutions;
    private Known[] known = [];   // replaced as a whole, never written to

    public TypedTarget(Binder binder, Computation source, Signature signature)
    {
        (this.binder, this.source) = (binder, source);
        byValue = [.. signature.Externals.Select(e => e.ByValue)];
        disjoint = [.. from output in Enumerable.Range(source.Inputs.Length, source.Outputs.Length)
                       from other in Enumerable.Range(0, output)
                       where !byValue[output] && !byValue[other]
                       select new Pair(output, signature.Externals[output].Node.DType.Size,
                           other, signature.Externals[other].Node.DType.Size)];
        shaped = [.. signature.Externals.SelectMany((e, i) => e.Extents.Select(x => (i, x.Axis)))];
        solutions = Solve();
        if (binder.Static is { } plan)
            known = [new(plan, [])];
    }

    // A symbol follows from an extent that an argument brings, or from the length of its span over the product of its other extents.
    private sealed record Solution(string Symbol, int Input, int Axis, int Shaped);

    private sealed record Known(BoundPlan Plan, long[] Extents);

    // Two externals and the bytes of an element of each.
    private readonly record struct Pair(int Output, int OutputSize, int Other, int OtherSize);

    public override void Invoke(Frame* frame)
    {
        long* lengths = Frame.Lengths(frame), words = Frame.Words(frame);
        var plan = Find(lengths, words + byValue.Length) ?? Bind(lengths, words + byValue.Length);
        CheckOverlaps(words, lengths);
        plan.Plan.Run(words);
    }

    // Lengths and extents determine the symbols, so plans are found by these alone.
    private BoundPlan? Find(long* lengths, long* extents)
    {
        foreach (var (plan, expected) in known)
            if (Matches(plan, lengths) && expected.AsSpan().SequenceEqual(new ReadOnlySpan<long>(extents, expected.Length)))
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
        foreach (ref readonly var pair in disjoint.AsSpan())
            if (Frame.Overlaps(words[pair.Output], lengths[pair.Output] * pair.OutputSize,
                words[pair.Other], lengths[pair.Other] * pair.OtherSize))
                ThrowOverlap(pair.Output, pair.Other);
    }

    private BoundPlan Bind(long* lengths, long* extents)
    {
        if (binder.Static is { } fixedPlan)
            ThrowLength(fixedPlan, lengths);
        var bindings = new Dictionary<string, long>();
        foreach (var s in solutions)
        {
            var shape = source.Inputs[s.Input].Shape;
            long others = 1;
            for (int a = 0; a < shape.Rank && s.Shaped < 0; a++)
                if (a != s.Axis)
                    others *= shape[a].Evaluate(bindings);
            long given = s.Shaped >= 0 ? extents[s.Shaped] : lengths[s.Input], extent = others == 0 ? 0 : given / others;
            if (!shape[s.Axis].TrySolve(extent, out _, out long value) || extent * others != given)
                throw new ArgumentException($"{Describe(s.Input)} got {given} {(s.Shaped >= 0 ? $"on axis {s.Axis}" : "elements")}, which no '{s.Symbol}' explains.");
            bindings[s.Symbol] = value;
        }
        var solved = Bindings.Solve(source, (input, axis) => source.Inputs[input].Shape[axis].Evaluate(bindings), bindings);
        var plan = binder.For(solved);
        if (!Matches(plan, lengths))
            ThrowLength(plan, lengths);
        for (int i = 0; i < shaped.Length; i++)
            if (ShapeOf(shaped[i].External)[shaped[i].Axis].Evaluate(plan.Bindings) is var expected && expected != extents[i])
                throw new ArgumentException($"{Describe(shaped[i].External)} needs {expected} on axis {shaped[i].Axis}, got {extents[i]}.");
        known = [new(plan, [.. new ReadOnlySpan<long>(extents, shaped.Length)]), .. known.Where(k => k.Plan != plan).Take(MostKnown - 1)];
        return plan;
    }

    private Shape ShapeOf(int external) => external < source.Inputs.Length ? source.Inputs[external].Shape
        : source.Outputs[external - source.Inputs.Length].Value.Shape;

    private ImmutableArray<Solution> Solve()
    {
        var solved = new HashSet<string>();
        var found = ImmutableArray.CreateBuilder<Solution>();
        bool IsOpen(Dim extent) => !extent.Symbols.All(solved.Contains);
        foreach (var (k, (i, axis)) in shaped.Index())
            if (i < source.Inputs.Length && IsOpen(source.Inputs[i].Shape[axis])
                && source.Inputs[i].Shape[axis].Symbols.ToList() is [var symbol]
                && solved.Add(symbol))
                found.Add(new(symbol, i, axis, k));
        for (bool progress = true; progress;)
        {
            progress = false;
            for (int i = 0; i < source.Inputs.Length; i++)
            {
                var shape = source.Inputs[i].Shape;
                int[] open = [.. Enumerable.Range(0, shape.Rank).Where(a => IsOpen(shape[a]))];
                if (open is [var axis] && shape[axis].Symbols.ToList() is [var symbol])
                {
                    found.Add(new(symbol, i, axis, Shaped: -1));
                    progress |= solved.Add(symbol);
                }
            }
        }
        string[] unsolved = [.. source.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Distinct().Except(solved)];
        return unsolved.Length == 0 ? found.ToImmutable() : throw new ArgumentException(
            $"the lengths of spans do not determine {string.Join(", ", unsolved)}; use numbers there, or pass arrays of several axes or tensors.");
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

    private string Describe(int external) =>
        external < source.Inputs.Length ? $"{source.Inputs[external]} ({source.Inputs[external].Apply.Origin})"
        : $"output '{source.Outputs[external - source.Inputs.Length].Name}' {source.Outputs[external - source.Inputs.Length].Value.Type}";
}
