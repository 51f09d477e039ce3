using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Recurrent layers over a number of steps that the model knows.</summary>
internal static class Recurrents
{
    private static readonly ImmutableHashSet<string> WithAlpha =
        ["AFFINE", "LEAKYRELU", "THRESHOLDEDRELU", "SCALEDTANH", "HARDSIGMOID", "ELU"], WithBeta = ["AFFINE", "SCALEDTANH", "HARDSIGMOID"];

    // Of the largest layer, in both directions.
    private const int NodesPerStep = 60;

    public static IEnumerable<Importer> All => [Many("RNN", Rnn), Many("GRU", Gru), Many("LSTM", Lstm)];

    private static ImmutableArray<Node> Rnn(OnnxNode x)
    {
        var (y, h) = Ops.Rnn(x[0], x[1], x[2], x.Optional(3), x.Optional(4), x.Optional(5), Options(x));
        return [y, h];
    }

    private static ImmutableArray<Node> Gru(OnnxNode x)
    {
        var (y, h) = Ops.Gru(x[0], x[1], x[2], x.Optional(3), x.Optional(4), x.Optional(5), Options(x));
        return [y, h];
    }

    private static ImmutableArray<Node> Lstm(OnnxNode x)
    {
        var (y, h, c) = Ops.Lstm(x[0], x[1], x[2], x.Optional(3), x.Optional(4), x.Optional(5), x.Optional(6), x.Optional(7), Options(x));
        return [y, h, c];
    }

    private static RecurrentOptions Options(OnnxNode x)
    {
        // Steps are written out: their number bounds the graph, not the file.
        var steps = x[0].Rank == 3 ? x[0].Shape[x.Flag("layout") ? 1 : 0] : throw x.Error($"its input has {x[0].Rank} axes, not 3");
        x.Charge(steps.TryConstant(out long count) ? NodesPerStep * count : throw x.Unsupported($"a sequence of symbolic length {steps}"));
        return new()
        {
            Direction = x.Text("direction", "forward") switch
            {
                "forward" => RecurrentDirection.Forward,
                "reverse" => RecurrentDirection.Reverse,
                "bidirectional" => RecurrentDirection.Bidirectional,
                var other => throw x.Error($"its direction is '{other}'"),
            },
            BatchFirst = x.Flag("layout"),
            Activations = Activations(x),
            Clip = x.Has("clip") ? x.Number("clip", 0) : double.PositiveInfinity,
            InputForget = x.Flag("input_forget"),
            LinearBeforeReset = x.Flag("linear_before_reset"),
        };
    }

    // Parameters are listed without gaps: each function takes from the lists what it has.
    private static ImmutableArray<Func<Node, Node>> Activations(OnnxNode x)
    {
        var (alphas, betas) = (new Queue<double>(x.Floats("activation_alpha") ?? []), new Queue<double>(x.Floats("activation_beta") ?? []));
        double? Take(ImmutableHashSet<string> takers, string name, Queue<double> from) =>
            takers.Contains(name.ToUpperInvariant()) && from.TryDequeue(out double value) ? value : null;
        return [.. (x.Texts("activations") ?? []).Select(name =>
            RecurrentActivation.Of(name, Take(WithAlpha, name, alphas), Take(WithBeta, name, betas)))];
    }
}
