using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Activations made of other ops. Each is a named call: one node in a drawing, one fused kernel with its neighbours.</content>
public static partial class Ops
{
    /// <summary>Leaky rectifier, <c>y = x &gt; 0 ? x : alpha x</c>. Its slope at the kink, 0, is alpha.</summary>
    public static Node LeakyRelu(Node x, double alpha = 0.01, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("leaky-relu", Origin.At(file, line), [x], a => Where(a[0] > 0, a[0], alpha * a[0]));

    /// <summary>Exponential linear unit, <c>y = x &gt; 0 ? x : alpha (e^x - 1)</c>. Its slope at the kink, 0, is alpha.</summary>
    /// <remarks>The exponential sees 0 where it is not taken, so nothing overflows, in the value or in a derivative.</remarks>
    public static Node Elu(Node x, double alpha = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("elu", Origin.At(file, line), [x], a =>
        {
            var positive = a[0] > 0;
            return Where(positive, a[0], alpha * Expm1(Where(positive, ZerosLike(a[0]), a[0])));
        });

    /// <summary>
    /// Gaussian error linear unit by a tanh, <c>y = x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))</c>:
    /// off by up to 5e-4, for models trained with it.
    /// </summary>
    public static Node GeluTanh(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("gelu-tanh", Origin.At(file, line), [x], a =>
            0.5 * a[0] * (1 + Tanh(Math.Sqrt(2 / Math.PI) * a[0] * (1 + 0.044715 * (a[0] * a[0])))));

    /// <summary>Sigmoid linear unit or swish, <c>y = x sigmoid(alpha x)</c>.</summary>
    public static Node Silu(Node x, double alpha = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("silu", Origin.At(file, line), [x], a => a[0] * Sigmoid(alpha == 1 ? a[0] : alpha * a[0]));

    /// <summary>
    /// Mish, <c>y = x tanh(softplus(x))</c>. D. Misra, "Mish: A
    /// Self Regularized Non-Monotonic Activation Function", 2019.
    /// </summary>
    public static Node Mish(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("mish", Origin.At(file, line), [x], a => a[0] * Tanh(Softplus(a[0])));

    /// <summary>Soft sign, <c>y = x / (1 + |x|)</c>; ±1 at ±∞. Its slope is 1 / (1 + |x|)².</summary>
    public static Node Softsign(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("softsign", Origin.At(file, line), [x], a => SoftsignOf(a[0]));

    // x / (1 + x) or x / (1 - x): both have slope 1 at 0, where |x| has none; of infinities the sign.
    private static Node SoftsignOf(Node x)
    {
        Node positive = x > 0, infinite = IsInfinite(x), finite = Where(infinite, ZerosLike(x), x);
        return Where(infinite, Where(positive, OnesLike(x), FillLike(x, -1)), finite / Where(positive, 1 + finite, 1 - finite));
    }
}
