using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// A program that is one piece of scalar code becomes the delegate itself: arguments are parameters, no frame, no
/// pinning, no kernel call. Elements of spans are read and written with their bounds checked once.
/// </summary>
internal static class ScalarDelegate
{
    /// <summary>Instructions that one delegate may hold: well clear of where the JIT stops keeping values in registers.</summary>
    public const int MostInstructions = 1200;

    /// <summary>Straight-line code as a delegate.</summary>
    public static TDelegate? TryBuild<TDelegate>(FlatProgram flat, Signature signature, string name) where TDelegate : Delegate
    {
        var region = flat.Emittable;
        return region.Body.Instructions.Count > MostInstructions ? null
            : new Builder(signature, region, [.. flat.Elements.Select(e => (signature.Externals[e.External], e.Index))],
                name, flat.Errors).Build<TDelegate>();
    }

    public static TDelegate? TryBuild<TDelegate>(CompiledProgram program, Signature signature) where TDelegate : Delegate
    {
        if (program.Steps is not [{ Commits: false, Plan.Nest: { Lane: null, LoopCount: 0 } nest } step]
            || nest.Stages is not [var stage] || stage.Loop is not null)
            return null;
        var slots = nest.Slots.Select(s => Element(program, signature, (MemoryArgument)step.Plan.Arguments[s.Word])).ToList();
        return slots.Contains(null) ? null
            : new Builder(signature, new EmittableStage(stage, nest).Before, [.. slots.Select(s => s!.Value)], step.Plan.Name,
                step.Plan.Errors).Build<TDelegate>();
    }

    // The external and the position in it that a slot stands for; null where it is other memory.
    private static (Passing External, int Index)? Element(CompiledProgram program, Signature signature, MemoryArgument memory) =>
        program.Places[memory.Buffer] is { Kind: PlaceKind.External, Index: var i } && memory.ByteOffset.TryConstant(out long offset)
        && signature.Externals[i].Node.Shape.IsStatic
            ? (signature.Externals[i], (int)(offset / signature.Externals[i].Node.DType.Size)) : null;

    private sealed class Builder(
        Signature signature, EmittableRegion region, List<(Passing External, int Index)> slots, string name, ImmutableArray<string> errors)
    {
        private readonly LocalPool pool = new();
        private readonly List<Expression> code = [];
        private readonly ParameterExpression error = Variable(typeof(int), "error"), constants = Variable(typeof(long), "constants");

        public TDelegate Build<TDelegate>() where TDelegate : Delegate
        {
            code.AddRange(signature.Before);
            CheckSpans();
            var lanes = Lanes.For(VectorWidth.Scalar, 8);
            var table = new ConstantTable(lanes, constants);
            int start = code.Count;
            var ordered = Interleaving.Run(region.Body, region.Roots);
            var values = new BodyEmitter(ordered.Body, lanes, pool, (i, _) => Load(lanes, i))
            {
                Error = errors.IsEmpty ? null : error,
                RepeatedConstant = table.Use,
                KeepsOrder = ordered.KeepsOrder,
            }.Emit(ordered.Roots, code);
            if (!errors.IsEmpty)
                code.Add(IfThen(NotEqual(error, Constant(0)),
                    Call(typeof(ScalarDelegate), nameof(ThrowError), null, Constant(errors.ToArray()), error)));
            for (int i = 0; i < region.Stores.Length; i++)
                Store(region.Stores[i].Slot, values[i]);
            if (table.Bytes > 0)
                Keep(table, start);
            code.AddRange(signature.After);
            return Lambda<TDelegate>(Block([error, constants, .. pool.Locals, .. signature.Locals], code), name,
                signature.Parameters).Compile();
        }

        // The closure holds the memory until the last statement.
        private void Keep(ConstantTable table, int first)
        {
            var (memory, address) = table.ToMemory();
            code.Insert(first, Assign(constants, address));
            code.Add(Call(typeof(GC), nameof(GC.KeepAlive), null, Constant(memory)));
        }

        private Expression Load(Lanes lanes, Instruction i)
        {
            if (i.Opcode != Opcode.Load)
                throw new InvalidOperationException($"scalar code reads {i}.");
            var (external, index) = slots[(int)i.Immediate];
            Expression value = external.ByValue ? external.Place
                : Call(typeof(ScalarDelegate), nameof(Get), [i.Type.ClrType], external.ReadOnly, Constant(index));
            return lanes.Broadcast(i.Type, value);
        }

        private void Store(int slot, Expression value)
        {
            var (external, index) = slots[slot];
            if (external.Node.DType.IsByte)
                value = Convert(value, external.Node.DType.ClrType);
            code.Add(external.ByValue ? Assign(external.Place, value)
                : Call(typeof(ScalarDelegate), nameof(Set), [value.Type], external.Place, Constant(index), value));
        }

        private void CheckSpans()
        {
            var spans = signature.Externals.Where(e => !e.ByValue && !e.IsOwn).ToList();
            foreach (var span in spans)
                code.Add(Call(typeof(ScalarDelegate), nameof(CheckLength), [span.Node.DType.ClrType], span.ReadOnly,
                    Constant((int)span.Node.Shape.ElementCount.Constant), Constant(span.Name)));
            foreach (var output in spans.Where(s => s.IsOutput))
                foreach (var other in spans.TakeWhile(s => s != output).Where(s => s.Node.DType == output.Node.DType))
                    code.Add(Call(typeof(ScalarDelegate), nameof(CheckOverlap), [output.Node.DType.ClrType],
                        output.ReadOnly, other.ReadOnly,
                        Constant(output.Name), Constant(other.Name)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Get<T>(ReadOnlySpan<T> span, int index) => span[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Set<T>(Span<T> span, int index, T value) => span[index] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CheckLength<T>(ReadOnlySpan<T> span, int expected, string name)
    {
        if (span.Length != expected)
            ThrowLength(name, expected, span.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CheckOverlap<T>(ReadOnlySpan<T> output, ReadOnlySpan<T> other, string name, string otherName)
    {
        if (output.Overlaps(other))
            ThrowOverlap(name, otherName);
    }

    [DoesNotReturn]
    private static void ThrowLength(string name, int expected, int actual) =>
        throw new ArgumentException($"'{name}' needs a span of {expected} elements, got {actual}.");

    [DoesNotReturn]
    private static void ThrowOverlap(string name, string other) =>
        throw new ArgumentException($"the span of '{name}' overlaps that of '{other}'; results need memory of their own.");

    internal static void ThrowError(string[] errors, int code) => throw new ComputationException(errors[code - 1]);
}
