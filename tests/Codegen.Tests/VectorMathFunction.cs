using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>A mathematical instruction on its own, expanded: what the tests evaluate.</summary>
internal sealed class VectorMathFunction(Opcode opcode, DType type)
{
    /// <summary>Every mathematical opcode.</summary>
    public static IEnumerable<Opcode> Opcodes => Enum.GetValues<Opcode>().Where(VectorMath.IsMathematical);

    private readonly (Body Body, Value Result) code = Build(opcode, type);

    /// <summary>The code, loads included.</summary>
    public IReadOnlyList<Instruction> Instructions => code.Body.Instructions;

    /// <summary>What is not a constant or a load.</summary>
    public int Count => Instructions.Count(i => i.Opcode is not (Opcode.Constant or Opcode.Load));

    /// <summary>The function at many arguments.</summary>
    public T[] At<T>(T[] x, T[] y) => VectorMathInterpreter.Run<T>(code.Body, code.Result, x.Length, x, y);

    /// <summary>The function at one argument, rounded to the type first.</summary>
    public double At(double x, double y = 0) =>
        type == DType.Float32 ? At([(float)x], [(float)y])[0] : At([x], [y])[0];

    private static (Body, Value) Build(Opcode opcode, DType type)
    {
        var body = new Body();
        return (body, VectorMath.Expand(body, opcode, body.Load(type, 0), body.Load(type, 1)));
    }
}
