using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>What every optimiser demands of its arguments, and does with a learning rate.</summary>
internal static class Rates
{
    /// <summary>Checks that there is a gradient per variable, each of its variable's type.</summary>
    /// <exception cref="GraphException">Counts or types differ.</exception>
    public static void CheckPairs(string optimiser, ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, Origin origin)
    {
        if (variables.Length != gradients.Length)
            throw new GraphException($"{optimiser}: {variables.Length} variables but {gradients.Length} gradients.\n  at    {origin}\n" +
                "  fix   give one each, in the same order, e.g. Gradient.Of(loss, [w, b]).");
        for (int i = 0; i < variables.Length; i++)
            if (variables[i].Type != gradients[i].Type)
                throw new GraphException(
                    $"{optimiser}: variable '{variables[i].Name}' is {variables[i].Type}, its gradient is {gradients[i].Type}.\n" +
                    $"  variable  {variables[i].Apply.Origin}\n  gradient  {gradients[i].Apply.Origin}\n  at    {origin}\n" +
                    "  fix   list gradients in the order of the variables, e.g. Gradient.Of(loss, [w, b]).");
    }

    /// <summary>Checks that a learning rate given as a node is one float value.</summary>
    /// <exception cref="GraphException">It is not.</exception>
    public static void CheckRate(string optimiser, Node rate, Origin origin)
    {
        if (rate.Rank != 0 || !rate.DType.IsFloat)
            throw new GraphException($"{optimiser}: the learning rate is {rate.Type}, not one float value.\n  rate  {rate.Apply.Origin}\n" +
                $"  at    {origin}\n  fix   pass a number or a float scalar, e.g. Input(\"rate\", DType.Float32, []).");
    }

    /// <summary>A learning rate as a node; float64, and converted to each variable's type where it is used.</summary>
    public static Node Node(double rate, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Ops.Scalar(DType.Float64, rate, file, line);

    /// <summary>A learning rate in the element type of a variable.</summary>
    public static Node For(Variable variable, Node rate) => Ops.Convert(rate, variable.DType);
}
