using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// A body with mathematical instructions expanded into primitive ones, which meet where equal: the same object if it has none.
/// </summary>
internal static class Legalise
{
    /// <summary>The body that this machine can emit, and for each value of the source the one that now holds it.</summary>
    public static (Body Body, Value[] Map) Run(Body source) => Run(source, HardwareMethods.HaveExponents);

    /// <summary>As <see cref="Run(Body)"/>, for a machine with instructions on exponents or without.</summary>
    public static (Body Body, Value[] Map) Run(Body source, bool exponents)
    {
        var (body, map) = Replace(source, VectorMath.IsMathematical, VectorMath.Expand);
        if (exponents) return (body, map);
        var (portable, moved) = Replace(body, Exponents.Has, Exponents.Expand);
        return (portable, [.. map.Select(v => moved[v.Id])]);
    }

    private static (Body Body, Value[] Map) Replace(
        Body source, Func<Opcode, bool> isReplaced, Func<Body, Opcode, Value, Value, Value> expand)
    {
        if (!source.Instructions.Any(i => isReplaced(i.Opcode)))
            return (source, source.Values);
        var body = new Body(source.Instructions.Count);
        var map = new Value[source.Instructions.Count];
        for (int k = 0; k < map.Length; k++)
        {
            var i = source.Instructions[k];
            map[k] = isReplaced(i.Opcode)
                ? expand(body, i.Opcode, map[i.A], i.B >= 0 ? map[i.B] : default)
                : body.Emit(i.Moved(map));
        }
        return (body, map);
    }
}
