namespace Adjoint.Codegen;

/// <summary>Delegate types as C# writes them.</summary>
internal static class SignatureText
{
    /// <summary>A delegate type that fits a computation, in the style of one that does not.</summary>
    public static string Fitting(Computation f, Type type)
    {
        bool returns = f.Outputs is [{ Value.Rank: 0 }, ..] && type.GetMethod("Invoke")!.ReturnType != typeof(void);
        var parameters = f.Inputs.Select((x, i) => (x.Rank == 0 ? Of(x.DType.ClrType) : $"ReadOnlySpan<{Of(x.DType.ClrType)}>") +
                $" {(x.Op is Operations.InputOp op ? op.Key : $"x{i}")}")
            .Concat(f.Outputs.Skip(returns ? 1 : 0).Select(o => $"Span<{Of(o.Value.DType.ClrType)}> {o.Name}"));
        return $"delegate {(returns ? Of(f.Outputs[0].Value.DType.ClrType) : "void")} {type.Name}({string.Join(", ", parameters)});";
    }

    /// <summary>A type's name.</summary>
    public static string Of(Type type) => type == typeof(float) ? "float" : type == typeof(double) ? "double" : type == typeof(int) ? "int"
        : type == typeof(long) ? "long" : type == typeof(bool) ? "bool" : type == typeof(sbyte) ? "sbyte" : type == typeof(byte) ? "byte"
        : type.IsArray ? $"{Of(type.GetElementType()!)}[]"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : type.Name;
}
