using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>Rebuilds a body with mathematical instructions expanded into primitive ones, which meet where equal.</summary>
internal static class Legalise
{
    /// <summary>The body that targets can emit, and for each value of the source the one that now holds it.</summary>
    public static (Body Body, Value[] Map) Run(Body source)
    {
        var body = new Body();
        var map = new Value[source.Instructions.Count];
        for (int i = 0; i < map.Length; i++) map[i] = Rebuild(body, source.Instructions[i], map);
        return (body, map);
    }

    private static Value Rebuild(Body body, Instruction i, Value[] map) => VectorMath.IsMathematical(i.Opcode)
        ? VectorMath.Expand(body, i.Opcode, map[i.A], i.B >= 0 ? map[i.B] : default)
        : body.Emit(i with { A = Moved(i.A, map), B = Moved(i.B, map), C = Moved(i.C, map) });

    private static int Moved(int operand, Value[] map) => operand >= 0 ? map[operand].Id : -1;
}
