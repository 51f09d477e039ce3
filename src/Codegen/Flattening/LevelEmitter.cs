using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Writes the loop of a <see cref="LevelShape"/>: one instruction for each member of a group.</summary>
internal sealed class LevelEmitter : KernelWriter
{
    /// <summary>The words of its argument block: all places, the group's part of the table, its first result, the tensor.</summary>
    public const int Places = 0, Table = 1, Results = 2, Tensor = 3, Words = 4;

    private readonly LevelShape shape;
    private readonly Lanes lanes = Lanes.For(VectorWidth.Scalar, LevelCode.PlaceSize);
    private readonly ParameterExpression member, entry;

    private LevelEmitter(LevelShape shape) => (this.shape, member, entry) = (shape, Long(), Long());

    /// <summary>The loop over the members from <c>begin</c> to <c>end</c>.</summary>
    public static Expression<Kernel> Emit(LevelShape shape, string name)
    {
        var emitter = new LevelEmitter(shape);
        return emitter.Write(name, () => emitter.For(emitter.member, emitter.Begin, emitter.End, 1, emitter.EmitMember));
    }

    private void EmitMember()
    {
        Set(entry, Plus(Word(Table), Times(member, Number(shape.Entries * sizeof(int)))));
        var body = new Body();
        int Operand(DType? type, int number) => type is null ? -1 : body.Load(type, number).Id;
        var template = shape.Template with { A = Operand(shape.A, 0), B = Operand(shape.B, 1), C = Operand(shape.C, 2) };
        var result = template.Opcode != Opcode.Load ? body.Emit(template)
            : shape.Stores ? new(template.A, template.Type) : body.Load(template.Type, shape.Entries - 1);
        var value = new BodyEmitter(body, lanes, Pool, (i, _) => Load(i)).Emit([result], Code)[0];
        var to = shape.Stores ? Element(shape.Entries - 1) : Plus(Word(Results), Times(member, Number(LevelCode.PlaceSize)));
        Code.Add(lanes.Store(template.Type, to, value));
    }

    private Expression Load(Instruction i)
    {
        int number = (int)i.Immediate;
        bool isElement = shape is { Template.Opcode: Opcode.Load, Stores: false };
        return lanes.Load(i.Type, isElement ? Element(number) : Plus(Word(Places), Times(Entry(number), Number(LevelCode.PlaceSize))));
    }

    private Expression Element(int number) => Plus(Word(Tensor), Times(Entry(number), Number(shape.Template.Type.Size)));

    private UnaryExpression Entry(int number) => Convert(Memory.Read(typeof(int), Plus(entry, Number(number * sizeof(int)))), typeof(long));
}
