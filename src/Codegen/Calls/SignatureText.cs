namespace Adjoint.Codegen;

/// <summary>Delegate types as C# writes them.</summary>
internal static class SignatureText
{
    /// <summary>A delegate type that fits a computation, in the style of one that does not.</summary>
    public static string Fitting(Computation f, Type type)
    {
        bool returns = f.Outputs is [{ Value.Rank: 0 }, ..] && type.GetMethod("Invoke")!.ReturnType != typeof(void);
        var parameters = f.Inputs.Select((x, i) =>
            $"{Passed("ReadOnlySpan", "", x)} {Identifier(x.Op is Operations.InputOp op ? op.Key : $"x{i}")}")
            .Concat(f.Outputs.Skip(returns ? 1 : 0).Select(o => $"{Passed("Span", "out ", o.Value)} {Identifier(o.Name!)}"));
        return $"delegate {(returns ? Of(f.Outputs[0].Value.DType.ClrType) : "void")} {type.Name}({string.Join(", ", parameters)});";
    }

    private static string Passed(string span, string reference, Node node) =>
        node.Rank == 0 ? $"{reference}{Of(node.DType.ClrType)}" : $"{span}<{Of(node.DType.ClrType)}>";

    // A name as C# takes it: what stands in no identifier becomes _.
    private static string Identifier(string name)
    {
        string letters = string.Concat(name.Select(c => char.IsLetterOrDigit(c) ? c : '_'));
        return letters.Length == 0 || char.IsDigit(letters[0]) ? $"_{letters}" : letters;
    }

    /// <summary>A type's name.</summary>
    public static string Of(Type type) => type == typeof(float) ? "float" : type == typeof(double) ? "double" : type == typeof(int) ? "int"
        : type == typeof(long) ? "long" : type == typeof(bool) ? "bool" : type == typeof(sbyte) ? "sbyte" : type == typeof(byte) ? "byte"
        : type.IsArray ? $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : type.Name;
}
