using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Machines with instructions on exponents and machines without compute the same bits, on every width.</summary>
public class VectorMathPortabilityTests
{
    public static TheoryData<string> Functions => [.. VectorMathFunction.Opcodes.Select(o => o.ToString())];

    [Theory, MemberData(nameof(Functions))]
    public void Bits_do_not_depend_on_the_machine(string name)
    {
        Opcode opcode = Enum.Parse<Opcode>(name);
        foreach (var type in new[] { DType.Float32, DType.Float64 })
        {
            var samples = VectorMathSamples.Of(opcode, type == DType.Float64, 900, seed: 3);
            long[][] edges = EmissionEdges.Combined([type, type]);
            long[] x = [.. samples.Select(s => BitsOf(type, s.X)), .. edges[0]],
                y = [.. samples.Select(s => BitsOf(type, s.Y)), .. edges[1]];
            long[]? first = null;
            foreach (bool exponents in HardwareMethods.HaveExponents ? new[] { true, false } : [false])
                foreach (long[] found in Run(opcode, type, exponents, x, y))
                    for (int k = 0; k < found.Length; k++)
                        Assert.True(EmissionTruth.Same(type, (first ??= found)[k], found[k]),
                            $"{opcode} {type} of {x[k]:x}, {y[k]:x}: {found[k]:x}, not {first[k]:x}");
        }
    }

    private static IEnumerable<long[]> Run(Opcode opcode, DType type, bool exponents, long[] x, long[] y)
    {
        var source = new Body();
        var (a, b) = (source.Load(type, 0), source.Load(type, 1));
        var root = source.Emit(new(opcode, type, a.Id, opcode is Opcode.Pow or Opcode.Atan2 ? b.Id : -1));
        var (body, map) = Legalise.Run(source, exponents);
        return EmissionKernel.LanesFor([.. body.Instructions.Select(i => i.Type).Distinct()]).Select(lanes =>
            new EmissionKernel(body, [map[root.Id]], lanes).Run([type, type], [x, y], [type], x.Length).Outputs[0]);
    }

    private static long BitsOf(DType type, double x) => type == DType.Float32 ? Bits.From((float)x) : Bits.From(x);
}
