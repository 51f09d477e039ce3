using Adjoint.Codegen;
using Adjoint.Passes;

namespace Adjoint;

/// <summary>Computations as DOT text, for Graphviz and for reading.</summary>
/// <remarks>Time and memory grow linearly with the graph; ids and order depend on nothing but the graph.</remarks>
public static class DotExport
{
    /// <summary>The graph as the user built it, as DOT text. No pass runs, nothing is compiled.</summary>
    /// <example><code>File.WriteAllText("model.dot", model.ToDot());   // then: dot -Tsvg model.dot -o model.svg</code></example>
    public static string ToDot(this Computation computation) => GraphDrawing.Of(computation, "source").ToString();

    /// <summary>
    /// The graph at a stage as DOT text: runs the passes, and for
    /// <see cref="Stage.Fused"/> and <see cref="Stage.Plan"/> the compiler.
    /// </summary>
    /// <param name="computation">What to draw.</param>
    /// <param name="stage">Where to look.</param>
    /// <param name="bindings">Numbers for symbols, which turn the formulas of a plan into bytes and offsets.</param>
    /// <exception cref="GraphException">Something cannot be differentiated or lowered; names op and line.</exception>
    /// <exception cref="PlatformNotSupportedException">Dynamic code is switched off and the stage needs it.</exception>
    public static string ToDot(this Computation computation, Stage stage, IReadOnlyDictionary<string, long>? bindings = null) =>
        stage switch
    {
        Stage.Source => computation.ToDot(),
        Stage.Differentiated => Draw(Pipeline.Default.Run(computation), stage),
        Stage.Optimised => Draw(Pipeline.Default.Run(computation), stage),
        _ => Draw(Compiler.Run(computation, new()), stage, bindings),
    };

    /// <summary>The computation at a stage of its compilation as DOT text.</summary>
    /// <param name="executable">What to draw.</param>
    /// <param name="stage">Where to look.</param>
    /// <param name="bindings">Numbers for symbols, which turn the formulas of a plan into bytes and offsets.</param>
    /// <example><code>string dot = step.ToDot(Stage.Plan, new Dictionary&lt;string, long&gt; { ["batch"] = 64 });</code></example>
    public static string ToDot(this Executable executable, Stage stage, IReadOnlyDictionary<string, long>? bindings = null) =>
        Draw((executable.Program, executable.Report), stage, bindings);

    private static string Draw(PipelineResult passes, Stage stage) => stage switch
    {
        Stage.Source => passes.Source.ToDot(),
        Stage.Differentiated => GraphDrawing.Of(passes.Differentiated, "differentiated").ToString(),
        _ => GraphDrawing.Of(passes.Optimised, "optimised").ToString(),
    };

    private static string Draw(
        (CompiledProgram Program, CompileReport Report) compiled, Stage stage, IReadOnlyDictionary<string, long>? bindings) => stage switch
    {
        Stage.Fused => FusedDrawing.Of(compiled.Report.Fused).ToString(),
        Stage.Plan => PlanDrawing.Of(compiled.Program, bindings).ToString(),
        Stage.Source or Stage.Differentiated or Stage.Optimised => Draw(compiled.Report.Pipeline, stage),
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "not a stage."),
    };
}
