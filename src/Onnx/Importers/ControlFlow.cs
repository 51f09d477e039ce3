using System.Collections.Immutable;
using Adjoint.Onnx.Importing;
using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Importers;

/// <summary>
/// Branches and loops, as far as a static graph has them: known branches are taken, loops of known length unrolled.
/// </summary>
internal static class ControlFlow
{
    public static IEnumerable<Importer> All =>
    [
        Many("If", If), Many("Loop", Loop),
        Many("Scan", BatchedScan, until: 8), Many("Scan", x => Scan(x, x.Inputs), since: 9),
    ];

    // Where the condition is not known, both branches are computed and the one asked for is selected.
    private static ImmutableArray<Node> If(OnnxNode x)
    {
        if (x.TryKnown(0) is { Length: 1 } known)
            return x.Body(x.Graph(Numbers.Longs(known)[0] != 0 ? "then_branch" : "else_branch"));
        var (then, otherwise) = (x.Body(x.Graph("then_branch")), x.Body(x.Graph("else_branch")));
        var condition = Ops.Reshape(x[0], Shape.Scalar);
        return then.Zip(otherwise).All(p => p.First.Type == p.Second.Type)
            ? [.. then.Zip(otherwise, (a, b) => Ops.Where(condition, a, b))]
            : throw x.Unsupported("a condition that is not known while the graph is built, between results of different types,");
    }

    private static ImmutableArray<Node> Loop(OnnxNode x)
    {
        var body = x.Graph("body");
        long trips = x.Optional(0) is null ? long.MaxValue : (long)x.KnownScalar(0);
        ImmutableArray<Node> carried = [.. Enumerable.Range(2, Math.Max(x.Count - 2, 0)).Select(i => x[i])];
        var scanned = new List<ImmutableArray<Node>>();
        Node condition = x.Optional(1) ?? Ops.Constant(HostTensor.Scalar(true));
        for (long trip = 0; trip < trips && Holds(x, condition); trip++)
        {
            x.Charge(1);
            var results = x.Body(body, [Ops.Constant(HostTensor.Scalar(trip)), condition, .. carried]);
            condition = results[0];
            scanned.Add(results[(1 + carried.Length)..]);
            carried = results[1..(1 + carried.Length)];
        }
        int scans = Math.Max(0, body.Output.Count - 1 - carried.Length);
        return [.. carried, .. Enumerable.Range(0, scans).Select(s => scanned.Count > 0
            ? Ops.Stack([.. scanned.Select(results => results[s])]) : Nothing(x, body.Output[1 + carried.Length + s]))];
    }

    private static bool Holds(OnnxNode x, Node condition) =>
        x.TryKnown(condition) is { Length: 1 } known ? Numbers.Longs(known)[0] != 0
        : throw x.Unsupported("a loop whose end depends on values");

    // What a loop without rounds collects: no elements of the type that its body declares.
    private static Node Nothing(OnnxNode x, ValueInfoProto declared) =>
        Declarations.Of(declared) is { DType: { } dtype, Shape: { IsStatic: true } shape }
        ? Ops.BroadcastTo(Ops.Scalar(dtype, 0), [0, .. shape])
            : throw x.Unsupported("a loop without rounds, whose body declares no shape,");

    private static ImmutableArray<Node> Scan(OnnxNode x, ImmutableArray<Node> operands)
    {
        var body = x.Graph("body");
        int scans = (int)Math.Clamp(x.Int("num_scan_inputs", 1), 0, operands.Length), states = operands.Length - scans;
        var states0 = operands[..states];
        var inputs = operands[states..].Select((t, i) => Steps(x, t, x.Axis(At(x.Ints("scan_input_axes"), i), t.Rank),
            At(x.Ints(x.Opset < 9 ? "directions" : "scan_input_directions"), i) == 1)).ToList();
        if (inputs.Count == 0 || inputs.Exists(i => i.Length != inputs[0].Length))
            throw x.Error("its sequences are of different lengths, or there are none");
        var collected = new List<ImmutableArray<Node>>();
        for (int t = 0; t < inputs[0].Length; t++)
        {
            var results = x.Body(body, [.. states0, .. inputs.Select(i => i[t])]);
            states0 = results[..states];
            collected.Add(results[states..]);
        }
        if (collected.Count == 0)
            throw x.Unsupported("an empty sequence");
        return [.. states0, .. Enumerable.Range(0, collected[0].Length).Select(k => Collected(x, collected, k))];
    }

    private static Node Collected(OnnxNode x, List<ImmutableArray<Node>> steps, int k)
    {
        var parts = steps.Select(s => s[k]);
        int axis = x.Axis(At(x.Ints("scan_output_axes"), k), steps[0][k].Rank + 1);
        return Ops.Stack([.. At(x.Ints("scan_output_directions"), k) == 1 ? parts.Reverse() : parts], axis);
    }

    private static Node[] Steps(OnnxNode x, Node sequence, int axis, bool reversed)
    {
        if (!sequence.Shape[axis].TryConstant(out long length))
            throw x.Unsupported($"a sequence of symbolic length {sequence.Shape[axis]}");
        x.Charge(length);
        Node[] steps = [.. Enumerable.Range(0, (int)length)
            .Select(t => Ops.Squeeze(Ops.Slice(sequence, axis, t, t + 1), [axis]))];
        return reversed ? [.. steps.Reverse()] : steps;
    }

    // Version 8 has a batch in front of everything, and lengths that are not supported.
    private static ImmutableArray<Node> BatchedScan(OnnxNode x)
    {
        if (x.Optional(0) is not null)
            throw x.Unsupported("sequences of different lengths");
        ImmutableArray<Node> operands = [.. Enumerable.Range(1, x.Count - 1).Select(i => x[i])];
        var batches = operands.Select(t => Steps(x, t, 0, reversed: false)).ToList();
        var results = Enumerable.Range(0, batches.Min(b => b.Length))
            .Select(b => Scan(x, [.. batches.Select(t => t[b])])).ToList();
        return [.. Enumerable.Range(0, results.Min(r => r.Length)).Select(k => Ops.Stack([.. results.Select(r => r[k])]))];
    }

    private static long At(ImmutableArray<long>? list, int i) => list is { } given && i < given.Length ? given[i] : 0;
}
