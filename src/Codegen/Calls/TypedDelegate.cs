using System.Linq.Expressions;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Builds delegates of a user's type around a program: scalars into a frame on the stack, spans through pinning.</summary>
internal static class TypedDelegate
{
    private const int MostSpans = 12;

    public static TDelegate Build<TDelegate>(CompiledProgram program, ParameterStore store, CompileOptions options) where TDelegate : Delegate
    {
        var signature = Signature.Of<TDelegate>(program.Source);
        if (!program.IsGuarded && ScalarDelegate.TryBuild<TDelegate>(program, signature) is { } direct)
            return direct;
        if (signature.Externals.Length > Frame.Capacity || signature.Externals.Count(e => !e.ByValue) > MostSpans)
            throw new ArgumentException($"{typeof(TDelegate).Name} passes {signature.Externals.Length} values, {signature.Externals.Count(e => !e.ByValue)} of them spans; " +
                $"at most {Frame.Capacity} and {MostSpans} can be. Stack some into one tensor.");
        var binder = new Binder(program, store, options.Threads, [.. signature.Externals.Select(e => e.ByValue)]);
        return Lambda<TDelegate>(Body(signature, new TypedTarget(binder, program.Source, signature)), program.Source.Name, signature.Parameters).Compile();
    }

    private static BlockExpression Body(Signature signature, TypedTarget target)
    {
        var frame = Variable(typeof(Frame), "frame");
        var code = new List<Expression>();
        var pinned = new List<Expression> { Constant(target, typeof(CallTarget)), frame };
        var types = new List<Type>();
        for (int i = 0; i < signature.Externals.Length; i++)
        {
            var (node, parameter, byValue) = signature.Externals[i];
            var element = node.DType.ClrType;
            if (byValue && parameter is not null)
            {
                code.Add(Call(typeof(Frame), $"Set{element.Name}", null, frame, Constant(i), parameter));
            }
            else if (!byValue)
            {
                types.Add(element);
                pinned.Add(Constant(i));
                var span = typeof(ReadOnlySpan<>).MakeGenericType(element);
                pinned.Add(parameter!.Type == span ? parameter : Convert(parameter, span));
            }
        }
        code.Add(Call(typeof(Pinning), nameof(Pinning.Call), types.Count == 0 ? null : [.. types], [.. pinned]));
        if (signature.Returns)
        {
            int output = signature.Externals.ToList().FindIndex(e => e.Parameter is null);
            code.Add(Call(typeof(Frame), $"Get{signature.Externals[output].Node.DType.ClrType.Name}", null, frame, Constant(output)));
        }
        return Block([frame], code);
    }
}
