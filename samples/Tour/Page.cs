using System.Globalization;
using System.Text;
using Adjoint;

namespace Tour;

/// <summary>The guided tour: text by hand, output by the compiler.</summary>
internal sealed class Page
{
    private static readonly Dictionary<string, long> Bindings = new() { ["batch"] = 4 };

    private readonly StringBuilder text = new();
    private readonly Executable step = Model.Step().Compile(options: new() { Threads = 1 });

    /// <summary>The page as Markdown.</summary>
    public static string Write() => new Page().Compose();

    private string Compose()
    {
        Say("# One computation through every stage", """
            What stands in code blocks is what the compiler printed. `dotnet run -c Release --project samples/Tour -- docs/tour.md` writes
            this page anew, and a test fails when it is out of date. `dot -Tsvg` turns the DOT texts into pictures.
            """);
        Say("## The program", "Logistic regression with one step of gradient descent, `samples/Tour/Model.cs`. Extent `batch` is open until a call.");
        Show("csharp", Source());
        Stages();
        Kernels();
        Run();
        return text.ToString();
    }

    private void Stages()
    {
        Say("## 1. Source", """
            The graph as written. Broadcasting is a node of its own, so elementwise rules never mention shapes. The derivative is a
            request (`pullback`, a hexagon): nothing has been derived yet. Each node knows the line that wrote it.
            """);
        Draw(Stage.Source);
        Say("## 2. Differentiated", """
            The first pass replaces the request by the derivative's subgraph. Its nodes say whose derivative they are. Where
            nothing flows, nothing is built: `x` and `y` need no gradients, so there are none.
            """);
        Draw(Stage.Differentiated);
        Say("## 3. Optimised", "Composites are inlined, twins have met, laws have been applied. Each law that fired is in the report:");
        Show("text", string.Join('\n', step.Report.Pipeline.Passes.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name,-14} {p.NodesBefore,3} -> {p.NodesAfter,-3} {p.Purpose}")
            + string.Concat(p.Fired.Select(f => $"\n    {f.Count} x {f.Rule}")))));
        Draw(Stage.Optimised);
        Say("## 4. Fused", """
            Nodes in groups; each green box becomes one kernel. A value is computed where it is used, and what several groups read is
            stored once. No arithmetic is done twice.
            """);
        Draw(Stage.Fused);
    }

    private void Kernels()
    {
        Say("## 5. Kernel IR", """
            Each group becomes loops around straight-line code in SSA form. A slot is memory with strides in bytes per loop, `wN` a word of the
            kernel's argument block that a call fills in (an address, or an extent such as `batch`). From here an emitter writes expression trees
            for 512-, 256- or 128-bit registers or scalars; the text is the same for all of them.
            """);
        Show("text", step.ToKernelText());
        Say("## 6. Plan", """
            Launches in order, with `batch` bound to 4: what each reads and writes and where that lies. Orange steps commit: they write
            variables, after everything else has succeeded, so that an error leaves the model as it was.
            """);
        Draw(Stage.Plan);
    }

    private void Run()
    {
        Say("## 7. A call", "Four rows, ten steps; the loss falls. Weights live in the store, updated in place by each call.");
        float[,] x = { { 1, 0, 2 }, { 1, 1, 0 }, { 1, 2, 1 }, { 1, 3, 3 } };
        float[] y = [0, 0, 1, 1];
        var losses = Enumerable.Range(0, 10).Select(_ => step.Run(x, y).Scalar<float>().ToString("0.0000", CultureInfo.InvariantCulture)).ToList();
        Show("text", $"loss  {string.Join(" ", losses)}\nw     {string.Join(" ", step.Store.Get<float>("w").Select(v => v.ToString("0.0000", CultureInfo.InvariantCulture)))}");
    }

    private void Draw(Stage stage) => Show("dot", step.ToDot(stage, Bindings));

    private void Say(string heading, string words) => text.Append(heading).Append("\n\n").Append(words).Append("\n\n");

    private void Show(string language, string output) => text.Append("```").Append(language).Append('\n').Append(output.TrimEnd()).Append("\n```\n\n");

    private static string Source()
    {
        using var reader = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream("Model.cs")!);
        return reader.ReadToEnd();
    }
}
