using System.Globalization;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// A compiled program as a drawing: steps from first to last, what each reads and writes and where that lies, and
/// which step feeds which. Steps that commit variables come last.
/// </summary>
internal sealed class PlanDrawing
{
    private readonly CompiledProgram program;
    private readonly BufferNames names;
    private readonly Drawing drawing;
    private readonly Dictionary<object, string> writers = new(ReferenceEqualityComparer.Instance);

    private readonly IReadOnlyList<double>? shares;

    private PlanDrawing(CompiledProgram program, IReadOnlyDictionary<string, long>? bindings, IReadOnlyList<double>? shares)
    {
        this.shares = shares;
        (this.program, names) = (program, new(program, bindings ?? new Dictionary<string, long>()));
        drawing = new($"{program.Source.Name}: plan, {names.Arena}");
    }

    /// <summary>Draws a program, with shares of the time, if they are known, as colours.</summary>
    public static Drawing Of(CompiledProgram program, IReadOnlyDictionary<string, long>? bindings, IReadOnlyList<double>? shares = null) =>
        new PlanDrawing(program, bindings, shares).Draw();

    private Drawing Draw()
    {
        string? last = null;
        for (int i = 0; i < program.Steps.Length; i++)
        {
            string id = Draw(i, program.Steps[i]);
            Connect(program.Steps[i], id);
            if (last is not null)
                drawing.Edge(last, id, ("style", "dotted"), ("color", "gray70"), ("arrowhead", "none"), ("weight", "10"));
            last = id;
        }
        foreach (var output in program.Computation.Outputs)
            if (writers.TryGetValue(Storage.Owner(output.Value), out string? writer))
                drawing.Edge(writer, drawing.Draw(output));
        return drawing;
    }

    private string Draw(int number, ProgramStep step)
    {
        var written = WrittenBy(step);
        var touched = step.Touches.Distinct().ToList();
        string head = string.Create(CultureInfo.InvariantCulture, $"{number}: {step.Plan.Name}{(step.Commits ? " (commit)" : "")}");
        var origins = step.Group.Nodes.SelectMany(n => n.Apply.Origin.Lines.Take(2)).Distinct().Take(3);
        return drawing.Node(drawing.Top,
            ("label", DotText.Record(
                [head, .. shares is null ? [] : new[] { string.Create(CultureInfo.InvariantCulture,
                    $"{shares[number]:P1} of the time") }, $"range {names.Number(step.Plan.Range)}", .. origins.Select(o => o.ToString())],
                touched.Where(b => !written.Contains(b)).Select(b => $"reads {names[b]}"),
                touched.Where(written.Contains).Select(b => $"{(b is Temporary ? "uses" : "writes")} {names[b]}"))),
            ("shape", "record"), ("style", "filled"),
            ("fillcolor", shares is not null ? Heat(shares[number]) : step.Commits ? "orange" : "white"));
    }

    // Hue 0 is red; the square root makes small shares visible.
    private static string Heat(double share) => string.Create(CultureInfo.InvariantCulture, $"0.0 {Math.Sqrt(share) * 0.8:0.000} 1.0");

    private void Connect(ProgramStep step, string id)
    {
        var written = WrittenBy(step);
        foreach (object buffer in step.Touches.Distinct())
        {
            if (writers.TryGetValue(buffer, out string? writer))
                drawing.Edge(writer, id);
            if (written.Contains(buffer))
                writers[buffer] = id;
        }
    }

    private static HashSet<object> WrittenBy(ProgramStep step) => new(
        step.Group.Outputs.Select(o => (object)Storage.Owner(o.Buffer)).Concat(step.Touches.OfType<Temporary>()),
        ReferenceEqualityComparer.Instance);
}
