using Adjoint.Operations;
using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <summary>Computations small enough to read as DOT, with lines of their own so that texts do not move with this file.</summary>
internal static class Samples
{
#line 1 "Model.cs"
    public static Computation Scoped()
    {
        Node x = Input("x", DType.Float32, ["batch", 4]);
        var w = new Variable("w", [4]);
        Node y;
        using (NameScope.Enter("outer"))
        {
            y = x * w;
            using (NameScope.Enter("inner"))
                y = y - 1;
        }
        return new Computation([x], [("y", y)], [new Update(w, w + w)], "scoped");
    }

    public static Computation Called()
    {
        Node x = Input("x", DType.Float32, [3]);
        Node y = Call.Of("double it", Origin.At("Model.cs", 20), [x], inner => [inner[0] + inner[0]])[0];
        return new Computation([x], [y * y], name: "called");
    }

    public static Computation Trained()
    {
        Node x = Input("x", DType.Float32, ["batch", 4]);
        var w = new Variable("w", [4]);
        Node loss = Sum(x * w * w);
        Node g = Gradient.Of(loss, [w])[0];
        return new Computation([x], [("loss", loss)], [new Update(w, w - g * 0.1)], "trained");
    }

    public static Computation Hostile()
    {
        Node x = Input("\"x\" \\ <y> {z} | & é 日本 😀\nline\ttab\u0001", DType.Float32, [3]);
        var w = new Variable("w\\\"|{}<>", [3]);
        using var scope = NameScope.Enter("sc\"ope\\ {|} <b> &lt;");
        return new Computation([x], [("o\"ut\\", x * w)], [new Update(w, w + x)], "na\"me\\\n{}|<>&amp;");
    }

    /// <summary>Two kernels with a value between them and one that commits; no rewrite has anything to do.</summary>
    public static Computation Shared()
    {
        Node x = Input("x", DType.Float32, ["batch", 4]);
        var w = new Variable("w", [4]);
        Node e = Exp(x);
        return new Computation([x], [("y", e / Sum(e))], [new Update(w, Exp(w))], "shared");
    }
#line default
}
