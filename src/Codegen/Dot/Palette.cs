using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>How kinds of nodes are told apart, by shape and by colour.</summary>
internal static class Palette
{
    /// <summary>Adds a node for an application: op, types, lines.</summary>
    public static string Draw(this Drawing drawing, Cluster cluster, Apply apply, string? label = null)
    {
        var (shape, colour) = apply.Op switch
        {
            InputOp => ("ellipse", "lightblue"),
            VariableRead => ("cylinder", "khaki"),
            Constant => ("plain", "gray90"),
            DerivativeRequest => ("hexagon", "plum"),
            Contraction => ("box", "lightsalmon"),
            Reduction => ("box", "mistyrose"),
            View or Assembly => ("box", "gray95"),
            _ => ("box", "white"),
        };
        var types = apply.Results.Length == 1 ? [apply.Results[0].Type.ToString()] : apply.Results.Select((r, i) => $"{i}: {r.Type}");
        return drawing.Node(cluster, ("label", DotText.Lines([label ?? apply.Op.Label, .. types, apply.Origin.ToString()])),
            ("shape", shape), ("fillcolor", colour));
    }

    /// <summary>Adds a node for a result that a call returns.</summary>
    public static string Draw(this Drawing drawing, Output output) => drawing.Node(drawing.Top,
        ("label", DotText.Lines($"output '{output.Name}'", output.Value.Type.ToString())),
        ("shape", "ellipse"), ("fillcolor", "palegreen"), ("peripheries", "2"));

    /// <summary>Adds a node for a variable's new value.</summary>
    public static string Draw(this Drawing drawing, Update update) => drawing.Node(drawing.Top,
        ("label", DotText.Lines($"update '{update.Variable.Name}'", update.Variable.Type.ToString())),
        ("shape", "cylinder"), ("fillcolor", "orange"), ("peripheries", "2"));

    /// <summary>A box for a name scope.</summary>
    public static Cluster Scope(Cluster outer, string name) =>
        Drawing.Box(outer, ("label", DotText.Lines(name)), ("style", "rounded"), ("color", "gray60"), ("fontcolor", "gray30"));

    /// <summary>A box for the body of a call.</summary>
    public static Cluster Body(Cluster outer, Apply call) => Drawing.Box(outer,
        ("label", DotText.Lines(call.Op.Label, call.Origin.ToString())), ("style", "rounded,filled"),
        ("color", "steelblue"), ("fillcolor", "aliceblue"));
}
