using static Adjoint.Ops;

namespace Adjoint.GraphvizDump.Tests;

/// <summary>What the tool finds when it is pointed at this assembly.</summary>
public static class Models
{
    public static readonly Computation Field = Square("field");

    public static Computation Property => Square("property");

    public static Computation Throws => throw new InvalidOperationException("no weights today");

    public static Computation? Nothing => null;

    public static Computation Method() => Square("method");

    public static Computation WithArguments(int n) => Square($"{n}");

    public static string Other() => "no computation";

    private static Computation Square(string name)
    {
        Node x = Input("x", DType.Float32, [3]);
        return new([x], [x * x], name: name);
    }

    public static class Inner
    {
        public static Computation Method() => Models.Method();
    }
}
