using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// Rebuilds straight-line code with what is known folded and what changes nothing
/// left out, in the bits of the code as it was but for what a user admits.
/// </summary>
internal sealed class FlatBody
{
    private readonly Region region;
    private readonly bool isPlain;            // numbers are finite, zeros have no sign
    private readonly HashSet<int> divisors;   // what several quotients are divided by, if reciprocals are admitted
    private readonly List<int> needed;
    private readonly KnownValues known;
    private readonly Body body;
    private readonly Value[] map;

    private FlatBody(Region region, ImmutableHashSet<Soundness> admitted)
    {
        (this.region, known, map) = (region, new(region.Body), new Value[region.Body.Instructions.Count]);
        isPlain = admitted.IsSupersetOf([Soundness.Assumes.Finite, Soundness.Assumes.NoSignedZero]);
        needed = BodyCost.Needed(region.Body, region.Stores.Select(s => s.Value));
        body = new(needed.Count);
        divisors = admitted.Contains(Soundness.Assumes.NormalDivisors) ? SharedDivisors(region.Body, needed) : [];
    }

    /// <summary>The simplified region.</summary>
    /// <param name="region">The code.</param>
    /// <param name="admitted">What rewrites may change: where numbers are finite and zeros have no sign, products with 0 are none; where
    /// divisors are normal, quotients by the same one are products with its reciprocal.</param>
    public static Region Simplify(Region region, ImmutableHashSet<Soundness> admitted) => new FlatBody(region, admitted).Run();

    private Region Run()
    {
        foreach (int id in needed)
        {
            var i = region.Body.Instructions[id];
            map[id] = known[new(id, i.Type)] is { } bits ? body.ConstantBits(i.Type, bits)
                : (isPlain ? WithoutZeros(i) : null)
                ?? (i.Opcode == Opcode.Divide && divisors.Contains(i.B) ? ByReciprocal(map[i.A], map[i.B]) : null)
                ?? Rebuilt(i);
        }
        return new(body, [], [.. region.Stores.Select(s => (s.Slot, map[s.Value.Id]))]);
    }

    // The bits of a rebuilt operand that is a constant.
    private long? Known(int operand) =>
        operand >= 0 && body[map[operand]] is { Opcode: Opcode.Constant, Immediate: var bits } ? bits : null;

    private bool Is(int operand, DType type, double value) => Known(operand) is { } bits && bits == type.Visit(new BitsOf(value));

    private bool IsZero(int operand, DType type) =>
        type.IsFloat && Known(operand) is { } bits && (bits == 0 || bits == type.Visit(new BitsOf(-0.0)));

    private static HashSet<int> SharedDivisors(Body body, IEnumerable<int> needed) => [.. needed
        .Select(id => body.Instructions[id])
        .Where(i => i.Opcode == Opcode.Divide && i.Type.IsFloat && body.Instructions[i.B].Opcode != Opcode.Constant)
        .CountBy(i => i.B).Where(d => d.Value > 1).Select(d => d.Key)];

    // x / y and z / y are x * (1 / y) and z * (1 / y): one division.
    private Value? ByReciprocal(Value x, Value y) =>
        body[x] == body[body.One(y)] ? body.Divide(x, y) : body.Multiply(x, body.Divide(body.One(y), y));

    // x * 1, x / 1, x - 0 and x + -0 are x, fma(1, x, y) is x + y, a choice that is known is no choice, a check that holds is none.
    private Value Rebuilt(Instruction i) => i.Opcode switch
    {
        Opcode.Multiply when Is(i.A, i.Type, 1) => map[i.B],
        Opcode.Multiply or Opcode.Divide when Is(i.B, i.Type, 1) => map[i.A],
        Opcode.Subtract when Is(i.B, i.Type, 0) => map[i.A],
        Opcode.Add when Is(i.B, i.Type, i.Type.IsFloat ? -0.0 : 0) => map[i.A],
        Opcode.Add when Is(i.A, i.Type, i.Type.IsFloat ? -0.0 : 0) => map[i.B],
        Opcode.MultiplyAdd when Is(i.A, i.Type, 1) => body.Add(map[i.B], map[i.C]),
        Opcode.MultiplyAdd when Is(i.B, i.Type, 1) => body.Add(map[i.A], map[i.C]),
        Opcode.Select when Known(i.A) is { } mask => map[mask != 0 ? i.B : i.C],
        Opcode.Check when Known(i.B) is not (null or 0) => map[i.A],
        _ => body.Emit(i.Moved(map)),
    };

    // Of finite numbers, and zeros whose sign nobody asks for: x * 0 is 0, x + 0 is x, fma(x, 0, y) is y, fma(x, y, 0) is x * y.
    private Value? WithoutZeros(Instruction i) => i.Opcode switch
    {
        Opcode.Multiply when IsZero(i.A, i.Type) || IsZero(i.B, i.Type) => body.Constant(i.Type, 0),
        Opcode.Add when IsZero(i.A, i.Type) => map[i.B],
        Opcode.Add or Opcode.Subtract when IsZero(i.B, i.Type) => map[i.A],
        Opcode.Subtract when IsZero(i.A, i.Type) => body.Negate(map[i.B]),
        Opcode.MultiplyAdd when IsZero(i.A, i.Type) || IsZero(i.B, i.Type) => map[i.C],
        Opcode.MultiplyAdd when IsZero(i.C, i.Type) => Rebuilt(i with { Opcode = Opcode.Multiply, C = -1 }),
        _ => null,
    };

    private readonly struct BitsOf(double value) : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => Bits.From(Bits.FromDouble<T>(value));
    }
}
