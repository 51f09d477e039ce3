using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>A routine as a kernel plan: its procedure, once per batch item and piece.</summary>
internal static class RoutineLowering
{
    private const double NanosecondsPerStep = 0.5;

    /// <summary>The kernel of a group that holds one routine.</summary>
    public static ImmutableArray<KernelPlan> Of(FusionGroup group)
    {
        var apply = group.Members[0].Node.Apply;
        var op = (Routine)apply.Op;
        ImmutableArray<TensorType> operands = [.. apply.Inputs.Select(x => x.Type)];
        var procedure = op.Lower(operands, [.. apply.Results.Select(y => y.Type)]);
        var items = Dim.Product(apply.Results[0].Shape.Take(op.BatchAxes(operands)));
        var (pieces, arguments) = (op.Pieces(operands), new ArgumentList());
        var kernel = new RoutineKernel(group.Name, procedure, arguments.Number(pieces),
            [.. procedure.Memory.Select(m => Place(m, apply, items * pieces, arguments))], [.. procedure.Extents.Select(arguments.Number)]);
        return [new(group.Name, kernel.Key, width => RoutineEmitter.Emit(kernel, width), arguments.ToImmutable(), items * pieces, 1,
            items * op.Work(operands), NanosecondsPerStep,
            [.. procedure.Errors.Select(message => $"{message} ({op.Name} at {apply.Origin})")], kernel.ToString)];
    }

    private static (int Word, Amount Bytes) Place(Cells m, Apply apply, Dim units, ArgumentList arguments)
    {
        var bytes = m.Length * m.Type.Size;
        object buffer = m.Kind switch
        {
            CellsKind.Operand => Storage.Owner(apply.Inputs[m.Index]),
            CellsKind.Result => Storage.Owner(apply.Results[m.Index]),
            _ => new Temporary(bytes * units),
        };
        return (arguments.Address(buffer, Dim.Zero), arguments.Number(bytes));
    }
}

/// <summary>A procedure and what fills its memory and extents: everything that its code depends on.</summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Procedure">The program of one unit of the range.</param>
/// <param name="Pieces">Units per batch item.</param>
/// <param name="Memory">By number of cells: the argument word with the
/// address, and bytes from one item (of scratch: unit) to the next.</param>
/// <param name="Extents">By parameter slot.</param>
internal sealed record RoutineKernel(string Name, Procedure Procedure, Amount Pieces,
    ImmutableArray<(int Word, Amount Bytes)> Memory, ImmutableArray<Amount> Extents)
{
    private string? text;

    /// <summary>The identity of the code.</summary>
    public string Key => $"{this}|{string.Join(';', Procedure.Body.Instructions)}";

    public override string ToString() =>
        text ??= $"{Name}, {Pieces} pieces, memory {string.Join(" ", Memory.Select(m => $"w{m.Word} +{m.Bytes}"))}, " +
        $"extents {string.Join(" ", Extents)}\n{Procedure}";
}
