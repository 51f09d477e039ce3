using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>Random bodies over loads of given types, and what they compute by the truth of each instruction.</summary>
internal static class EmissionBodies
{
    public static (Body Body, IReadOnlyList<Value> Roots) Random(int seed, int count, DType[] types)
    {
        var random = new System.Random(seed);
        var body = new Body();
        var values = types.Select((type, k) => body.Load(type, k)).ToList();
        Value Any(DType type) => values.Where(v => v.Type == type).OrderBy(_ => random.Next()).First();
        foreach (var type in types) values.Add(body.Constant(type, random.Next(1, 9)));
        while (body.Instructions.Count < count)
        {
            var x = values[random.Next(values.Count)];
            values.Add(x.Type == DType.Bool ? body.Xor(x, Any(x.Type)) : random.Next(types.Length > 1 ? 11 : 6) switch
            {
                0 => body.Add(x, Any(x.Type)),
                1 => body.Multiply(x, Any(x.Type)),
                2 => body.Max(x, body.Negate(Any(x.Type))),
                3 => body.MultiplyAdd(x, Any(x.Type), Any(x.Type)),
                4 => body.Divide(x, Any(x.Type)),
                5 => body.Select(body.Less(x, Any(x.Type)), Any(x.Type), x),
                6 => body.LessOrEqual(x, Any(x.Type)),
                7 => body.Select(Any(DType.Bool), x, Any(x.Type)),
                _ => body.Convert(x, types[random.Next(types.Length)]),
            });
        }
        return (body, [.. values.TakeLast(5)]);
    }

    public static long[][] Elements(int seed, int count)
    {
        var random = new System.Random(seed);
        return [.. DType.All.Select(type => Enumerable.Range(0, count).Select(_ => Element(type)).ToArray())];
        long Element(DType type) =>
            type.Visit(new Draw(type == DType.Bool ? random.Next(2) : random.NextDouble() * 20 - 10));
    }

    public static long[][] Evaluate(Body body, IReadOnlyList<Value> roots, long[][] inputs) =>
        [.. roots.Select(root =>
            Enumerable.Range(0, inputs[0].Length).Select(k => EvaluateAt(body, root, inputs, k)).ToArray())];

    private static long EvaluateAt(Body body, Value root, long[][] inputs, int k)
    {
        var bits = new long[body.Instructions.Count];
        for (int id = 0; id <= root.Id; id++)
        {
            var i = body.Instructions[id];
            long Operand(int o) => o < 0 ? 0 : bits[o];
            var operand = i.A < 0 ? i.Type : body.Instructions[i.A].Type;
            bits[id] = i.Opcode is Opcode.Load
                ? inputs[i.Immediate][k]
                : EmissionTruth.Of(i, operand, Operand(i.A), Operand(i.B), Operand(i.C));
        }
        return bits[root.Id];
    }

    private readonly struct Draw(double value) : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => Bits.From(Bits.FromDouble<T>(value));
    }
}
