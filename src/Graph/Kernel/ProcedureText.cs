using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Adjoint.Kernels;

/// <summary>A procedure as text, a step a line, values written out as formulas.</summary>
internal sealed class ProcedureText
{
    private readonly Procedure procedure;
    private readonly StringBuilder text = new();

    private ProcedureText(Procedure procedure) => this.procedure = procedure;

    public static string Of(Procedure procedure)
    {
        var printer = new ProcedureText(procedure);
        printer.text.AppendJoin("", procedure.Memory.Select(m => $"m{m.Number} = {m}\n"));
        printer.Print(procedure.Steps, "");
        return printer.text.ToString();
    }

    private void Print(ImmutableArray<Statement> steps, string indent)
    {
        foreach (var step in steps)
            Print(step, indent);
    }

    private void Print(Statement step, string indent)
    {
        text.Append(indent).Append(Head(step)).Append('\n');
        foreach (var inside in Inside(step))
            Print(inside, indent + "  ");
        if (step is Branch { Otherwise: { IsEmpty: false } otherwise })
        {
            text.Append(indent).Append("else\n");
            Print(otherwise, indent + "  ");
        }
    }

    private string Head(Statement step) => step switch
    {
        Assign s => $"{Name(s.Local)} = {Text(s.Value)}",
        Read s => $"{Name(s.Local)} = m{s.Cells}[{Text(s.Offset)}{Lane(s.Local)}]",
        Write s => $"m{s.Cells}[{Text(s.Offset)}{(lanes.Count > 0 ? " + lane" : "")}] = {Text(s.Value)}",
        Count s => $"for {Name(s.Local)} {(s.Down ? "down " : "")}from {Text(s.From)} to {Text(s.To)}",
        LaneLoop s => $"lanes {Name(s.Local)} from {Text(s.From)} to {Text(s.To)}",
        Repeat s => $"while {Text(s.Condition)}",
        Branch s => $"if {Text(s.Condition)}",
        MultiplyBlocks s =>
            $"{Place(s.C)} {(s.Adds ? "+=" : "=")} {Place(s.A)} {Place(s.B)} for [{Text(s.M)}, {Text(s.K)}] [{Text(s.K)}, {Text(s.N)}]",
        TransposeBlock s => $"{Place(s.To)} = transposed {Place(s.From)} for [{Text(s.M)}, {Text(s.N)}]",
        AskRows s => $"ask for {Place(s.Rows)} for [{Text(s.M)}, {Text(s.N)}]",
        Demand s => $"require {Text(s.Condition)}, or '{procedure.Errors[s.Code - 1]}'",
        _ => throw new NotSupportedException($"no text for {step}"),
    };

    private readonly Stack<int> lanes = new();

    private IEnumerable<Statement> Inside(Statement step)
    {
        if (step is LaneLoop loop)
            lanes.Push(loop.Local);
        foreach (var inside in step switch { Count s => s.Body, LaneLoop s => s.Body, Repeat s => s.Body, Branch s => s.Then, _ => [] })
            yield return inside;
        if (step is LaneLoop)
            lanes.Pop();
    }

    private string Lane(int local) => procedure.Locals[local].HoldsLanes ? " + lane" : "";

    private string Name(int local) => (procedure.Locals[local].HoldsLanes ? "v" : "x") + local.ToString(CultureInfo.InvariantCulture);

    private string Place(MatrixAt x) => $"m{x.Cells}[{Text(x.First)} by {Text(x.Row)}, {Text(x.Column)}]";

    private string Text(Value value)
    {
        var i = procedure.Body[value];
        string Of(int operand) => Text(new(operand, procedure.Body.Instructions[operand].Type));
        return i.Opcode switch
        {
            Opcode.Carried => Name((int)i.Immediate),
            Opcode.Parameter => $"{procedure.Extents[(int)i.Immediate]}",
            Opcode.Index => "piece",
            Opcode.Constant => i.Type.Visit(new Literal(i.Immediate)),
            Opcode.Add => $"({Of(i.A)} + {Of(i.B)})",
            Opcode.Subtract => $"({Of(i.A)} - {Of(i.B)})",
            Opcode.Multiply => $"{Of(i.A)} * {Of(i.B)}",
            Opcode.Divide => $"{Of(i.A)} / {Of(i.B)}",
            Opcode.Less => $"({Of(i.A)} < {Of(i.B)})",
            Opcode.LessOrEqual => $"({Of(i.A)} <= {Of(i.B)})",
            Opcode.Equal => $"({Of(i.A)} = {Of(i.B)})",
            Opcode.Convert or Opcode.BitCast => $"{i.Type}({Of(i.A)})",
            _ => $"{i.Opcode.ToString().ToLowerInvariant()}({string.Join(", ", i.Operands.Select(Of))})",
        };
    }

    private readonly struct Literal(long bits) : IDTypeVisitor<string>
    {
        public string Visit<T>() where T : unmanaged => Convert.ToString(Bits.To<T>(bits), CultureInfo.InvariantCulture) ?? "";
    }
}
