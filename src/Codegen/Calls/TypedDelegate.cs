using System.Linq.Expressions;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Builds delegates of a user's type around a program: scalars into a frame on the stack, spans through pinning.</summary>
internal static class TypedDelegate
{
    private const int MostSpans = 12;

    public static TDelegate Build<TDelegate>(CompiledProgram program, ParameterStore store, CompileOptions options)
        where TDelegate : Delegate
    {
        var signature = Signature.Of<TDelegate>(program.Source);
        if (!program.IsGuarded && ScalarDelegate.TryBuild<TDelegate>(program, signature) is { } direct)
            return direct;
        int values = signature.Externals.Sum(e => 1 + e.Extents.Length);
        if (values > Frame.Capacity || signature.Externals.Count(e => !e.ByValue) > MostSpans)
            throw new ArgumentException($"{typeof(TDelegate).Name} passes {values} values, {signature.Externals.Count(e => !e.ByValue)} of them spans; " +
                $"at most {Frame.Capacity} and {MostSpans} can be. Stack some into one tensor.");
        var binder = new Binder(program, store, options.Threads, [.. signature.Externals.Select(e => e.ByValue)]);
        return Lambda<TDelegate>(Body(signature, new TypedTarget(binder, program.Source, signature)),
            program.Source.Name, signature.Parameters).Compile();
    }

    private static BlockExpression Body(Signature signature, TypedTarget target)
    {
        var frame = Variable(typeof(Frame), "frame");
        List<Expression> code = [.. signature.Before], pinned = [Constant(target), frame], scalars = [];
        var types = new List<Type>();
        foreach (var (i, e) in signature.Externals.Index())
        {
            var element = e.Node.DType.ClrType;
            if (!e.ByValue)
            {
                types.Add(element);
                pinned.AddRange(Constant(i), e.ReadOnly);
            }
            else if (e.IsOutput)
                scalars.Add(Assign(e.Place, Call(typeof(Frame), $"Get{element.Name}", null, frame, Constant(i))));
            else
                code.Add(Call(typeof(Frame), $"Set{element.Name}", null, frame, Constant(i), e.Place));
        }
        foreach (var (i, (_, length)) in signature.Externals.SelectMany(e => e.Extents).Index())
            code.Add(Call(typeof(Frame), nameof(Frame.SetInt64), null, frame, Constant(signature.Externals.Length + i), length));
        code.Add(Call(typeof(Pinning), nameof(Pinning.Call), types.Count == 0 ? null : [.. types], [.. pinned]));
        return Block([frame, .. signature.Locals], [.. code, .. scalars, .. signature.After]);
    }
}
