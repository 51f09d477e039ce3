using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>Rebuilds straight-line code with what is known folded and what changes nothing left out, in the bits of the code as it was but for what a user admits.</summary>
internal static class FlatBody
{
    /// <summary>The simplified region.</summary>
    /// <param name="region">The code.</param>
    /// <param name="admitted">What rewrites may change: where numbers are finite and zeros have no sign, products with 0 are none; where
    /// divisors are normal, quotients by the same one are products with its reciprocal.</param>
    public static Region Simplify(Region region, ImmutableHashSet<Soundness> admitted)
    {
        bool isPlain = admitted.IsSupersetOf([Soundness.Assumes.Finite, Soundness.Assumes.NoSignedZero]);
        var (body, known) = (new Body(), new KnownValues(region.Body));
        var map = new Value[region.Body.Instructions.Count];
        var needed = BodyCost.Needed(region.Body, region.Stores.Select(s => s.Value));
        HashSet<int> divisors = admitted.Contains(Soundness.Assumes.NormalDivisors) ? SharedDivisors(region.Body, needed) : [];
        foreach (int id in needed)
        {
            var i = region.Body.Instructions[id];
            long? Known(int o) => o < 0 ? null : body[map[o]] is { Opcode: Opcode.Constant, Immediate: var bits } ? bits : null;
            map[id] = known[new(id, i.Type)] is { } bits ? body.ConstantBits(i.Type, bits)
                : (isPlain ? WithoutZeros(body, i, map, Known) : null)
                ?? (i.Opcode == Opcode.Divide && divisors.Contains(i.B) ? ByReciprocal(body, map[i.A], map[i.B]) : null)
                ?? Rebuilt(body, i, map, Known);
        }
        return new(body, [], [.. region.Stores.Select(s => (s.Slot, map[s.Value.Id]))]);
    }

    private static HashSet<int> SharedDivisors(Body body, IEnumerable<int> needed) => [.. needed
        .Select(id => body.Instructions[id]).Where(i => i.Opcode == Opcode.Divide && i.Type.IsFloat && body.Instructions[i.B].Opcode != Opcode.Constant)
        .CountBy(i => i.B).Where(d => d.Value > 1).Select(d => d.Key)];

    // x / y and z / y are x * (1 / y) and z * (1 / y): one division.
    private static Value? ByReciprocal(Body body, Value x, Value y) =>
        body[x] == body[body.One(y)] ? body.Divide(x, y) : body.Multiply(x, body.Divide(body.One(y), y));

    // x * 1, x / 1, x - 0 and x + -0 are x, fma(1, x, y) is x + y, a choice that is known is no choice, a check that holds is none.
    private static Value Rebuilt(Body body, Instruction i, Value[] map, Func<int, long?> known)
    {
        bool Is(int operand, double value) => known(operand) is { } bits && bits == i.Type.Visit(new BitsOf(value));
        Value X(int operand) => map[operand];
        return i.Opcode switch
        {
            Opcode.Multiply when Is(i.A, 1) => X(i.B),
            Opcode.Multiply or Opcode.Divide when Is(i.B, 1) => X(i.A),
            Opcode.Subtract when Is(i.B, 0) => X(i.A),
            Opcode.Add when Is(i.B, i.Type.IsFloat ? -0.0 : 0) => X(i.A),
            Opcode.Add when Is(i.A, i.Type.IsFloat ? -0.0 : 0) => X(i.B),
            Opcode.MultiplyAdd when Is(i.A, 1) => body.Add(X(i.B), X(i.C)),
            Opcode.MultiplyAdd when Is(i.B, 1) => body.Add(X(i.A), X(i.C)),
            Opcode.Select when known(i.A) is { } mask => X(mask != 0 ? i.B : i.C),
            Opcode.Check when known(i.B) is not (null or 0) => X(i.A),
            _ => body.Emit(i with { A = Moved(i.A, map), B = Moved(i.B, map), C = Moved(i.C, map) }),
        };
    }

    // Of finite numbers, and zeros whose sign nobody asks for: x * 0 is 0, x + 0 is x, fma(x, 0, y) is y, fma(x, y, 0) is x * y.
    private static Value? WithoutZeros(Body body, Instruction i, Value[] map, Func<int, long?> known)
    {
        bool Is(int operand) => i.Type.IsFloat && known(operand) is { } bits && (bits == 0 || bits == i.Type.Visit(new BitsOf(-0.0)));
        return i.Opcode switch
        {
            Opcode.Multiply when Is(i.A) || Is(i.B) => body.Constant(i.Type, 0),
            Opcode.Add when Is(i.A) => map[i.B],
            Opcode.Add or Opcode.Subtract when Is(i.B) => map[i.A],
            Opcode.Subtract when Is(i.A) => body.Negate(map[i.B]),
            Opcode.MultiplyAdd when Is(i.A) || Is(i.B) => map[i.C],
            Opcode.MultiplyAdd when Is(i.C) => Rebuilt(body, i with { Opcode = Opcode.Multiply, C = -1 }, map, known),
            _ => null,
        };
    }

    private static int Moved(int operand, Value[] map) => operand >= 0 ? map[operand].Id : -1;

    private readonly struct BitsOf(double value) : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => Bits.From(Bits.FromDouble<T>(value));
    }
}
