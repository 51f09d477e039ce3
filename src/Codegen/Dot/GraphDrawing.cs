using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>
/// A computation as a drawing. Name scopes are boxes, and so are calls: a call has no node of its own, its body is
/// drawn in its place.
/// </summary>
internal sealed class GraphDrawing
{
    private readonly Drawing drawing;

    private GraphDrawing(string title) => drawing = new(title);

    /// <summary>Draws a computation as it is at a stage.</summary>
    public static Drawing Of(Computation f, string stage)
    {
        var graph = new GraphDrawing($"{f.Name}: {stage}");
        graph.Draw(f);
        return graph.drawing;
    }

    private void Draw(Computation f)
    {
        var whole = new Sheet(f, drawing.Top, null);
        foreach (var unused in f.Inputs.Except(f.Nodes))
            whole.Ids.Add(unused, drawing.Draw(drawing.Top, unused.Apply));
        Draw(whole);
        foreach (var output in f.Outputs)
            drawing.Edge(whole.Ids[output.Value], drawing.Draw(output));
        foreach (var update in f.Updates)
            drawing.Edge(whole.Ids[update.Value], drawing.Draw(update));
    }

    // Bodies hold calls in turn: sheets that wait for the sheet of a call to be finished are kept on a stack.
    private void Draw(Sheet whole)
    {
        var open = new Stack<Sheet>([whole]);
        while (open.TryPeek(out var sheet))
        {
            if (sheet.Next == sheet.Computation.Applies.Length)
            {
                open.Pop();
                Close(sheet, open.TryPeek(out var outer) ? outer : null);
                continue;
            }
            var apply = sheet.Computation.Applies[sheet.Next++];
            if (apply.Op is Call call)
                open.Push(Open(call, apply, sheet));
            else if (!sheet.Ids.ContainsKey(apply.Results[0]))   // the inputs of a body are drawn when its call is opened
                Draw(apply, sheet);
        }
    }

    private void Draw(Apply apply, Sheet sheet)
    {
        string id = drawing.Draw(sheet.Box(apply.Scope), apply);
        foreach (var result in apply.Results)
            sheet.Ids.Add(result, id);
        for (int i = 0; i < apply.Inputs.Length; i++)
            Connect(apply.Inputs[i], sheet, id, apply.Inputs.Length == 1 ? null : $"{i}");
    }

    private Sheet Open(Call call, Apply apply, Sheet outer)
    {
        var sheet = new Sheet(call.Body, Palette.Body(outer.Box(apply.Scope), apply), apply);
        for (int i = 0; i < apply.Inputs.Length; i++)
        {
            string id = drawing.Draw(sheet.Outermost, call.Body.Inputs[i].Apply);
            sheet.Ids.Add(call.Body.Inputs[i], id);
            Connect(apply.Inputs[i], outer, id, null);
        }
        return sheet;
    }

    private static void Close(Sheet sheet, Sheet? outer)
    {
        for (int i = 0; sheet.Call is { } call && i < call.Results.Length; i++)
            outer!.Ids.Add(call.Results[i], sheet.Ids[sheet.Computation.Outputs[i].Value]);
    }

    // Operands are numbered where there are several; results, where their application has several.
    private void Connect(Node from, Sheet sheet, string to, string? operand)
    {
        string? result = from.Apply.Results.Length == 1 || from.Op is Call ? null : $"{from.Index}";
        string id = sheet.Ids[from];
        switch (operand, result)
        {
            case (null, null): drawing.Edge(id, to); break;
            case ({ } o, null): drawing.Edge(id, to, ("headlabel", o)); break;
            case (null, { } r): drawing.Edge(id, to, ("taillabel", r)); break;
            case ({ } o, { } r): drawing.Edge(id, to, ("headlabel", o), ("taillabel", r)); break;
        }
    }

    /// <summary>A computation, or the body of one call, while it is drawn.</summary>
    private sealed class Sheet(Computation computation, Cluster outermost, Apply? call)
    {
        private readonly Dictionary<string, Cluster> scopes = new(StringComparer.Ordinal) { [""] = outermost };

        public Computation Computation => computation;

        public Cluster Outermost => outermost;

        public Apply? Call => call;

        public int Next { get; set; }

        public Dictionary<Node, string> Ids { get; } = [];

        /// <summary>The box of a scope path, inside the boxes of the paths that it extends.</summary>
        public Cluster Box(string path)
        {
            if (scopes.TryGetValue(path, out var known))
                return known;
            var box = outermost;
            for (int end = 0; end < path.Length;)
            {
                int start = end == 0 ? 0 : end + 1;
                end = path.IndexOf('/', start) is var slash and >= 0 ? slash : path.Length;
                if (!scopes.TryGetValue(path[..end], out var next))
                    scopes.Add(path[..end], next = Palette.Scope(box, path[start..end]));
                box = next;
            }
            return box;
        }
    }
}
